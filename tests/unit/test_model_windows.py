"""What the schedule's windows do to the model server, and who wins over them."""

from __future__ import annotations

import pytest

from deepstory.model_server.entities import Mode
from deepstory.model_server.schedule import OnWindow
from fakes.drawing import Studio
from support.tending import (
    AFTERNOON,
    CLOSED,
    EVENING,
    OPENED,
    SCHEDULED,
    SWITCHED,
    applied,
    log,
    minutes,
    schedule,
    studio,
    tick,
)

__all__ = ["studio"]


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
