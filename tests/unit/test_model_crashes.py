"""Runs that break off, meet each other or find the endpoint doing something else."""

from __future__ import annotations

import contextlib
import itertools
from typing import Any

import pytest

from deepstory.model_server.entities import Mode
from deepstory.model_server.errors import ModelServerBusyError
from fakes.drawing import Studio
from fakes.model_server import IDLE_MINUTES, seen
from support.crashes import Crash, crashing
from support.tending import (
    AFTERNOON,
    SWITCHED,
    applied,
    log,
    minutes,
    schedule,
    studio,
    tick,
)

__all__ = ["studio"]


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
