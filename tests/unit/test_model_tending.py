"""What the clock does with the model server: windows open and close, an idle one is stopped."""

from __future__ import annotations

import contextlib
import itertools
from types import SimpleNamespace
from typing import Any

import pytest

from deepstory.model_server.entities import Mode
from deepstory.model_server.errors import ModelServerBusyError
from deepstory.model_server.schedule import OnWindow
from deepstory.model_server.schedules import ScheduleOrder
from fakes.drawing import Studio
from fakes.model_server import IDLE_MINUTES, seen
from scheduler import tend_model_server
from support.crashes import Crash, crashing

CONTEXT = SimpleNamespace(aws_request_id="request-1")
# The studio's clock stands at noon of a Sunday in Seoul.
AFTERNOON = OnWindow(days=("sun",), begins="13:00", ends="18:00")
EVENING = OnWindow(days=("sun",), begins="20:00", ends="21:00")


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Studio:
    studio = Studio()
    monkeypatch.setattr(tend_model_server, "services", lambda: studio)
    return studio


def tick() -> None:
    tend_model_server.handler({}, CONTEXT)


def minutes(studio: Studio, number: int) -> None:
    """Let the clock tick every minute, as the schedule does; in long stretches, less often."""
    while number:
        step = 20 if number > 40 else 1
        studio.clock.advance(minutes=step)
        tick()
        number -= step


def schedule(studio: Studio, *windows: OnWindow, **more: Any) -> None:
    order = ScheduleOrder(windows=windows, **more)
    studio.operations.set_schedule(order=order, actor="admin")


def log(studio: Studio) -> list[str]:
    """Return what happened, from the oldest, and by whom if not by the clock."""
    entries = studio.server_store.audit.entries(limit=99).items
    return [
        each.action if each.actor_id == "scheduler" else f"{each.action} by {each.actor_id}"
        for each in reversed(entries)
    ]


def applied(studio: Studio) -> Mode:
    return studio.server.current().applied


SCHEDULED = "model_schedule_changed by admin"
SWITCHED = "model_mode_changed by admin"
OPENED, CLOSED, STOPPED = "model_window_opened", "model_window_closed", "model_idle_stopped"


class TestWindows:
    def test_server_is_kept_on_in_a_window_and_returns_to_auto(self, studio: Studio) -> None:
        schedule(studio, AFTERNOON)
        minutes(studio, 59)
        assert (applied(studio), studio.host.scaled) == ("auto", [])
        minutes(studio, 1)
        assert (applied(studio), studio.host.scaled) == ("on", ["on"])
        minutes(studio, 5 * 60 - 1)
        assert studio.server.current().mode == "auto"
        assert applied(studio) == "on"
        minutes(studio, 1)

        assert (applied(studio), studio.host.scaled[-1]) == ("auto", "auto")
        assert log(studio) == [SCHEDULED, OPENED, CLOSED]

    @pytest.mark.parametrize("mode", ["off", "auto", "on"])
    def test_window_returns_to_what_the_admin_set_before(self, studio: Studio, mode: Mode) -> None:
        schedule(studio, AFTERNOON)
        studio.switch(mode)
        minutes(studio, 60)
        assert applied(studio) == "on"
        minutes(studio, 5 * 60)

        assert applied(studio) == studio.server.current().mode == mode
        assert studio.host.scaled[-1] == mode

    def test_off_during_a_window_wins_until_the_next_one_opens(self, studio: Studio) -> None:
        schedule(studio, AFTERNOON, EVENING)
        minutes(studio, 90)
        studio.switch("off")
        studio.host.scaled.clear()
        minutes(studio, 389)
        assert applied(studio) == "off"
        assert set(studio.host.scaled) <= {"off"}
        minutes(studio, 1)
        assert applied(studio) == "on"
        minutes(studio, 60)

        assert applied(studio) == "off"
        assert log(studio) == [SCHEDULED, OPENED, SWITCHED, CLOSED, OPENED, CLOSED]

    def test_off_again_in_a_window_that_opened_over_it_is_a_switch(self, studio: Studio) -> None:
        schedule(studio, AFTERNOON)
        studio.switch("off")
        minutes(studio, 61)
        studio.switch("off")

        assert applied(studio) == "off"
        assert log(studio) == [SCHEDULED, SWITCHED, OPENED, SWITCHED]
        (latest, *_) = studio.server_store.audit.entries(limit=1).items
        assert latest.before == {"mode": "off", "effective_mode": "on"}
        assert latest.after == {"mode": "off"}

    def test_auto_after_off_gives_the_window_its_way_again(self, studio: Studio) -> None:
        schedule(studio, AFTERNOON)
        minutes(studio, 61)
        studio.switch("off")
        studio.switch("auto")

        assert applied(studio) == "on"

    def test_window_that_is_taken_away_closes_at_once(self, studio: Studio) -> None:
        schedule(studio, AFTERNOON)
        minutes(studio, 61)
        schedule(studio, AFTERNOON, enabled=False)

        assert applied(studio) == "auto"
        assert log(studio) == [SCHEDULED, OPENED, SCHEDULED, CLOSED]

    def test_windows_that_touch_are_two(self, studio: Studio) -> None:
        schedule(studio, AFTERNOON, OnWindow(days=("sun",), begins="18:00", ends="19:00"))
        minutes(studio, 61)
        studio.switch("off")
        minutes(studio, 5 * 60)

        assert applied(studio) == "on"
        assert log(studio)[-2:] == [CLOSED, OPENED] or log(studio)[-2:] == [OPENED, CLOSED]

    def test_pictures_that_waited_while_off_are_sent_in_the_window(self, studio: Studio) -> None:
        schedule(studio, AFTERNOON)
        studio.switch("off")
        picture = studio.order()
        assert studio.dispatch(picture) == 0
        minutes(studio, 60)

        assert studio.dispatch(picture) == 1

    def test_missed_windows_leave_nothing_behind(self, studio: Studio) -> None:
        schedule(studio, AFTERNOON)
        studio.clock.advance(hours=30)
        tick()

        assert log(studio) == [SCHEDULED]
        assert studio.host.scaled == []


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


class TestCrashes:
    """A run that ends anywhere, and three more: the same as one that went through."""

    @pytest.fixture(params=["window opens", "window closes", "switched off", "idle"])
    def due(self, request: pytest.FixtureRequest, studio: Studio) -> Studio:
        """A studio in which the next run has something to do."""
        studio.make_ready()
        tick()
        if request.param == "idle":
            studio.clock.advance(minutes=IDLE_MINUTES)
            return studio
        schedule(studio, AFTERNOON)
        if request.param != "window opens":
            studio.switch("off" if request.param == "switched off" else "auto")
            minutes(studio, 60)
            studio.make_ready()
            studio.clock.advance(minutes=4 * 60 + 59)
            tick()
            studio.host.scaled.clear()
            studio.clock.advance(minutes=1)
        else:
            studio.clock.advance(minutes=60)
        return studio

    @pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
    @pytest.mark.parametrize("step", range(1, 8))
    def test_three_runs_after_a_crash_end_the_same(
        self, due: Studio, monkeypatch: pytest.MonkeyPatch, step: int, after: bool
    ) -> None:
        entries = len(log(due))
        with monkeypatch.context() as patched:
            counter = itertools.count(1)
            for target, name in (
                (due.server_store, "replace"),
                (due.host, "scale"),
                (due.host, "stop"),
                (due.host, "observe"),
            ):
                act = getattr(target, name)
                patched.setattr(target, name, crashing(act, counter, step, after))
            with contextlib.suppress(Crash):
                tick()
        for _ in range(3):
            due.clock.advance(seconds=20)
            tick()

        server = due.server.current()
        last = due.host.scaled[-1] if due.host.scaled else "auto"
        assert (server.unfinished, last) == (None, server.applied)
        assert server.state == ("off" if due.host.stops else "ready")
        # What happened is told once, whatever was repeated.
        done = log(due)[entries:]
        assert len(set(done)) == len(done) >= 1

    def test_switch_off_that_never_reached_the_endpoint_does_so_later(self, studio: Studio) -> None:
        studio.host.is_busy = True
        with pytest.raises(ModelServerBusyError):
            studio.switch("off")
        assert studio.host.scaled == []
        studio.host.is_busy = False
        tick()

        assert studio.host.scaled == ["off"]
        assert studio.server.current().unfinished is None
        assert log(studio) == [SWITCHED]


class TestTwoAtOnce:
    """The schedule and an administrator: the endpoint is told last what is noted."""

    @pytest.mark.parametrize("theirs", ["off", "auto", "on"])
    def test_switch_between_telling_and_noting_has_its_way(
        self, studio: Studio, monkeypatch: pytest.MonkeyPatch, theirs: Mode
    ) -> None:
        schedule(studio, AFTERNOON)
        minutes(studio, 60)
        studio.clock.advance(hours=5)
        scale = studio.host.scale

        def meanwhile(mode: Mode) -> None:
            monkeypatch.setattr(studio.host, "scale", scale)
            studio.switch(theirs)
            scale(mode)

        monkeypatch.setattr(studio.host, "scale", meanwhile)
        tick()

        assert applied(studio) == theirs
        assert studio.host.scaled[-1] == theirs

    def test_off_that_is_told_after_somebody_s_on_is_taken_back(
        self, studio: Studio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scale = studio.host.scale

        def meanwhile(mode: Mode) -> None:
            monkeypatch.setattr(studio.host, "scale", scale)
            studio.switcher.switch(mode="on", by="other")
            scale(mode)

        monkeypatch.setattr(studio.host, "scale", meanwhile)
        studio.switch("off")

        assert applied(studio) == "on"
        assert studio.host.scaled[-1] == "on"


class TestAstray:
    @pytest.mark.parametrize(
        ("mode", "state"),
        [("on", seen("off")), ("off", seen("ready", 1)), ("off", seen("starting"))],
    )
    def test_endpoint_that_does_otherwise_is_told_again(
        self, studio: Studio, mode: Mode, state: Any
    ) -> None:
        studio.switch(mode)
        studio.host.observation = state
        minutes(studio, 2)

        assert studio.host.scaled[1:] and set(studio.host.scaled) == {mode}
        assert log(studio) == [SWITCHED]

    def test_server_that_does_not_wake_is_allowed_to_again(self, studio: Studio) -> None:
        studio.dispatch(studio.order())
        minutes(studio, 3)
        assert studio.host.scaled == []
        minutes(studio, 2)

        assert "auto" in studio.host.scaled
