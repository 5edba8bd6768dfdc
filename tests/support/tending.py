"""A studio in which the clock tends the model server every minute."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from deepstory.model_server.entities import Mode
from deepstory.model_server.schedule import OnWindow
from deepstory.model_server.schedules import ScheduleOrder
from fakes.drawing import Studio
from scheduler import tend_model_server

CONTEXT = SimpleNamespace(aws_request_id="request-1")
# The studio's clock stands at noon of a Sunday in Seoul.
AFTERNOON = OnWindow(days=("sun",), begins="13:00", ends="18:00")
EVENING = OnWindow(days=("sun",), begins="20:00", ends="21:00")

SCHEDULED = "model_schedule_changed by admin"
SWITCHED = "model_mode_changed by admin"
OPENED, CLOSED, STOPPED = "model_window_opened", "model_window_closed", "model_idle_stopped"


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
