"""Switching the model server and estimating what it does."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import msgspec
import pytest

from admin import model_control
from deepstory.model_server.averages import Average
from deepstory.model_server.entities import Mode, ModelServer
from deepstory.model_server.errors import ModelServerBusyError
from fakes.core import START
from fakes.drawing import Studio
from fakes.model_server import COLD_START, DRAWING, METER, seen

CONTEXT = SimpleNamespace(aws_request_id="request-1")
NOW = timedelta(0)


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Studio:
    studio = Studio()
    monkeypatch.setattr(model_control, "services", lambda: FakeServices(studio))
    return studio


class FakeServices:
    def __init__(self, studio: Studio) -> None:
        self.model_operations = studio.operations


def after(seconds: float) -> dict[str, object]:
    """Return the times of a picture that was received at the start and took so long."""
    return {"received_at": START, "finished_at": START + timedelta(seconds=seconds)}


def test_server_wakes_on_demand_until_somebody_decides_otherwise(studio: Studio) -> None:
    assert studio.server.current().mode == "auto"


@pytest.mark.parametrize("mode", ["off", "auto", "on"])
def test_switching_scales_and_is_noted(studio: Studio, mode: Mode) -> None:
    studio.switcher.switch(mode=mode, by="admin")
    studio.switcher.switch(mode=mode, by="admin")

    server = studio.server.current()
    assert (server.mode, server.changed_by, server.changed_at) == (mode, "admin", START)
    assert studio.host.scaled == [mode, mode]


def test_failed_switch_off_sends_nothing_more_all_the_same(studio: Studio) -> None:
    studio.host.is_busy = True

    with pytest.raises(ModelServerBusyError):
        studio.switcher.switch(mode="off", by="admin")

    assert studio.server.current().mode == "off"


def test_failed_switch_on_changes_nothing(studio: Studio) -> None:
    studio.switcher.switch(mode="off", by="admin")
    studio.host.is_busy = True

    with pytest.raises(ModelServerBusyError):
        studio.switcher.switch(mode="on", by="admin")

    assert studio.server.current().mode == "off"


def test_switch_meets_another_write_and_tries_again(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, refusals = studio.server_store.replace, [False, False]
    monkeypatch.setattr(
        studio.server_store,
        "replace",
        lambda server, entries=(): refusals.pop() if refusals else replace(server, entries),
    )

    studio.switcher.switch(mode="on", by="admin")

    assert studio.server.current().mode == "on"
    assert len(studio.server_store.audit.entries(limit=9).items) == 1


def test_switch_that_never_gets_through_says_so(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio.server_store, "replace", lambda server, entries=(): False)

    with pytest.raises(ModelServerBusyError):
        studio.switcher.switch(mode="on", by="admin")


def test_endpoint_is_asked_only_when_knowledge_is_old(studio: Studio) -> None:
    studio.server.look(age=timedelta(seconds=10))
    studio.clock.advance(seconds=9)
    studio.server.look(age=timedelta(seconds=10))
    assert studio.host.observed == 1

    studio.clock.advance(seconds=1)
    studio.server.look(age=timedelta(seconds=10))
    assert studio.host.observed == 2


def test_endpoint_that_does_not_answer_leaves_what_was_known(studio: Studio) -> None:
    studio.make_ready()
    studio.host.is_busy = True
    studio.clock.advance(seconds=30)

    assert studio.server.look(age=NOW).state == "ready"


def test_start_is_timed_from_its_first_sign_to_its_end(studio: Studio) -> None:
    studio.host.observation = seen("starting", billed=1)
    studio.server.look(age=NOW)
    studio.clock.advance(seconds=60)
    studio.server.look(age=NOW)
    studio.clock.advance(seconds=60)
    studio.make_ready()

    server = studio.server.current()
    assert server.cold_start == Average(120.0, 1)
    assert server.waking_since is None


def test_start_that_was_switched_off_is_not_timed(studio: Studio) -> None:
    studio.dispatch(studio.order())
    studio.switcher.switch(mode="off", by="admin")
    studio.clock.advance(seconds=600)
    studio.switcher.switch(mode="on", by="admin")
    studio.make_ready()

    assert studio.server.current().cold_start == Average(float(COLD_START))


def test_first_measured_value_replaces_the_guess_and_later_ones_move_it() -> None:
    average = Average(300.0).with_sample(10)

    assert average == Average(10.0, 1)
    for _ in range(4):
        average = average.with_sample(10)
    assert average.with_sample(20).value == pytest.approx(12)


@pytest.fixture
def running() -> ModelServer:
    return ModelServer(
        state="ready",
        instances=1,
        observed_at=START,
        cold_start=Average(float(COLD_START)),
        drawing=Average(float(DRAWING)),
        interval=Average(float(DRAWING)),
    )


class TestDrew:
    def test_picture_that_found_the_server_idle_times_a_drawing(self, running: ModelServer) -> None:
        drew = running.drew(
            received_at=START, finished_at=START + timedelta(seconds=3), meter=METER
        )

        assert drew.drawing == Average(3.0, 1)
        assert drew.interval == running.interval

    def test_pictures_that_wait_for_each_other_time_the_interval(
        self, running: ModelServer
    ) -> None:
        first = running.drew(
            received_at=START, finished_at=START + timedelta(seconds=3), meter=METER
        )
        second = first.drew(
            received_at=START, finished_at=START + timedelta(seconds=4), meter=METER
        )

        assert second.interval == Average(1.0, 1)
        assert second.drawing == first.drawing

    def test_impossible_times_are_not_believed(self, running: ModelServer) -> None:
        drew = running.drew(received_at=START, finished_at=START + timedelta(hours=2), meter=METER)

        assert drew.drawing == running.drawing

    def test_impossible_start_is_not_believed(self, running: ModelServer) -> None:
        waking = msgspec.structs.replace(running, waking_since=START - timedelta(hours=3))

        drew = waking.drew(received_at=START, finished_at=START + timedelta(seconds=1), meter=METER)

        assert drew.cold_start == running.cold_start
        assert drew.waking_since is None

    def test_old_news_tell_only_when_it_last_had_work(self, running: ModelServer) -> None:
        old = START - timedelta(minutes=1)
        told = running.drew(received_at=old, finished_at=old, meter=METER)

        assert told == msgspec.structs.replace(running, finished_at=old)
        assert told.drew(received_at=old, finished_at=old, meter=METER) is told


class TestControl:
    def test_report_tells_state_queue_and_estimate(self, studio: Studio) -> None:
        studio.order()
        studio.clock.advance(seconds=31)
        studio.dispatch(studio.order())

        report = model_control.handler({"action": "describe"}, CONTEXT)

        cost = report.pop("cost")
        assert report == {
            "mode": "auto",
            "effective_mode": "auto",
            "window": None,
            "state": "off",
            "instances": 0,
            "queue_length": 2,
            "oldest_wait_seconds": 31,
            "eta_seconds": COLD_START + 3 * DRAWING,
        }
        assert (cost["month"], cost["usd_per_hour"]) == ("2026-11", 0)

    def test_empty_queue_has_no_wait(self, studio: Studio) -> None:
        report = model_control.handler({"action": "describe"}, CONTEXT)

        assert (report["queue_length"], report["oldest_wait_seconds"]) == (0, 0)

    def test_switching_on_sends_at_once_what_waited(self, studio: Studio) -> None:
        model_control.handler({"action": "set_mode", "mode": "off", "actor": "u1"}, CONTEXT)
        picture = studio.order()
        assert studio.dispatch(picture) == 0

        model_control.handler({"action": "set_mode", "mode": "on", "actor": "u1"}, CONTEXT)

        assert studio.stored(picture).status == "queued"
        assert studio.server.current().changed_by == "u1"

    def test_each_switch_to_another_mode_is_in_the_log_once(self, studio: Studio) -> None:
        for mode, actor in (("off", "u1"), ("off", "u2"), ("on", "u2"), ("on", "u2")):
            studio.clock.advance(seconds=1)
            model_control.handler({"action": "set_mode", "mode": mode, "actor": actor}, CONTEXT)

        latest, first = studio.server_store.audit.entries(limit=9).items
        assert (first.actor_id, first.before, first.after) == (
            "u1",
            {"mode": "auto"},
            {"mode": "off"},
        )
        assert (first.action, first.at) == ("model_mode_changed", START + timedelta(seconds=1))
        assert (latest.actor_id, latest.before, latest.after) == (
            "u2",
            {"mode": "off"},
            {"mode": "on"},
        )

    def test_switch_that_fails_half_way_and_is_repeated_is_in_the_log_once(
        self, studio: Studio
    ) -> None:
        event = {"action": "set_mode", "mode": "off", "actor": "u1"}
        studio.host.is_busy = True
        with pytest.raises(ModelServerBusyError):
            model_control.handler(event, CONTEXT)
        studio.host.is_busy = False
        model_control.handler(event, CONTEXT)

        assert len(studio.server_store.audit.entries(limit=9).items) == 1

    def test_switching_off_sends_nothing(self, studio: Studio) -> None:
        studio.order()

        report = model_control.handler(
            {"action": "set_mode", "mode": "off", "actor": "u1"}, CONTEXT
        )

        assert studio.endpoint.sent == []
        assert report["eta_seconds"] is None

    @pytest.mark.parametrize(
        "event",
        [
            {},
            {"action": "explode"},
            {"action": "set_mode", "mode": "turbo", "actor": "u1"},
            {"action": "set_mode", "mode": "on"},
            {"action": "set_schedule", "order": {}, "actor": "u1"},
        ],
    )
    def test_unknown_actions_are_refused(self, studio: Studio, event: dict[str, str]) -> None:
        with pytest.raises(msgspec.ValidationError):
            model_control.handler(event, CONTEXT)

        assert studio.host.scaled == []
