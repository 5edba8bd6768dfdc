"""The model server is stopped when it idles, and never while there is work."""

from __future__ import annotations

from typing import Any

import pytest

from deepstory.model_server.entities import Mode
from deepstory.model_server.schedule import OnWindow
from fakes.drawing import Studio
from fakes.model_server import IDLE_MINUTES, seen
from support.tending import (
    CLOSED,
    STOPPED,
    log,
    minutes,
    schedule,
    studio,
    tick,
)

__all__ = ["studio"]


class TestIdleStop:
    @pytest.fixture
    def idle(self, studio: Studio) -> Studio:
        """A server that has just drawn its only picture."""
        studio.make_ready()
        picture = studio.order()
        studio.dispatch(picture)
        tick()
        studio.clock.advance(seconds=20)
        studio.complete(picture)
        return studio

    def test_idle_server_is_stopped_after_three_minutes(self, idle: Studio) -> None:
        minutes(idle, IDLE_MINUTES - 1)
        assert idle.host.stops == 0
        minutes(idle, 1)
        assert idle.host.stops == 1
        minutes(idle, 10)

        assert idle.host.stops == 1
        assert idle.server.current().state == "off"
        assert log(idle) == [STOPPED]

    def test_idle_minutes_are_those_of_the_schedule(self, idle: Studio) -> None:
        schedule(idle, idle_minutes=7)
        minutes(idle, 6)
        assert idle.host.stops == 0
        minutes(idle, 1)

        assert idle.host.stops == 1

    @pytest.mark.parametrize("mode", ["on", "off"])
    def test_other_modes_are_left_alone(self, idle: Studio, mode: Mode) -> None:
        idle.switch(mode)
        minutes(idle, 10)

        assert idle.host.stops == 0

    def test_in_a_window_it_runs_on_and_after_it_is_stopped(self, idle: Studio) -> None:
        schedule(idle, OnWindow(days=("sun",), begins="11:00", ends="13:00"))
        minutes(idle, 59)
        assert idle.host.stops == 0
        minutes(idle, 1)

        assert idle.host.stops == 1
        assert log(idle)[-2:] == [CLOSED, STOPPED]

    @pytest.mark.parametrize("dispatched", [True, False])
    def test_server_with_work_is_never_stopped(self, idle: Studio, dispatched: bool) -> None:
        picture = idle.order()
        if dispatched:
            idle.dispatch(picture)
        minutes(idle, 20)

        assert idle.host.stops == 0

    def test_idle_time_is_counted_from_the_end_of_work(self, idle: Studio) -> None:
        minutes(idle, 2)
        picture = idle.order()
        minutes(idle, 1)
        idle.service.cancel(picture_id=picture.picture_id, owner_id=idle.user_id)
        minutes(idle, IDLE_MINUTES - 1)
        assert idle.host.stops == 0
        minutes(idle, 1)

        assert idle.host.stops == 1

    def test_server_of_which_nothing_is_known_is_given_its_time(self, studio: Studio) -> None:
        studio.make_ready()
        tick()
        minutes(studio, IDLE_MINUTES - 1)
        assert studio.host.stops == 0
        minutes(studio, 1)

        assert studio.host.stops == 1

    def test_server_that_does_not_answer_is_not_stopped(self, idle: Studio) -> None:
        minutes(idle, 2)
        idle.host.is_busy = True
        minutes(idle, 10)

        assert (idle.host.stops, log(idle)) == (0, [])
        idle.host.is_busy = False
        minutes(idle, 1)
        assert idle.host.stops == 1

    def test_request_of_the_same_moment_wakes_it_again(
        self, idle: Studio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stop, pictures = idle.host.stop, []

        def stop_meanwhile() -> None:
            pictures.append(idle.order())
            assert idle.dispatch(pictures[0]) == 1
            stop()

        monkeypatch.setattr(idle.host, "stop", stop_meanwhile)
        minutes(idle, IDLE_MINUTES)

        (picture,) = pictures
        assert idle.stored(picture).status == "queued"
        assert idle.server.current().waking_since == idle.clock.now()
        idle.host.observation = seen("starting", billed=1)
        minutes(idle, 10)
        idle.host.observation = seen("ready", 1)
        minutes(idle, 1)
        idle.complete(picture)
        assert idle.stored(picture).status == "ready"
        assert len(idle.endpoint.sent) == 2

    def test_picture_that_is_finished_between_look_and_stop_puts_it_off(
        self, idle: Studio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        minutes(idle, IDLE_MINUTES - 1)
        idle.clock.advance(minutes=1)
        replace = idle.server_store.replace

        def race(after: Any, entries: Any = ()) -> bool:
            if entries:
                monkeypatch.setattr(idle.server_store, "replace", replace)
                now = idle.clock.now()
                idle.server.drew(received_at=now, finished_at=now)
            return replace(after, entries)

        monkeypatch.setattr(idle.server_store, "replace", race)
        tick()

        assert (idle.host.stops, log(idle)) == (0, [])
        minutes(idle, IDLE_MINUTES)
        assert idle.host.stops == 1
