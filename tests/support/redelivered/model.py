"""What tends the model server."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from deepstory.model_server.schedule import OnWindow
from deepstory.model_server.schedules import ScheduleOrder
from support.redelivery import Case, Record
from support.scenes import Scene

# Ids of what is noted are made anew by a try that follows one that broke off.
_BOOKKEEPING = {"model_server": frozenset({"version"}), "audit": frozenset({"entry_id"})}


def _scheduled(scene: Scene) -> Sequence[Record]:
    """At noon of a Sunday, have a window opened at one and closed at four."""
    afternoon = OnWindow(days=("sun",), begins="13:00", ends="16:00")
    order = ScheduleOrder(windows=(afternoon,), idle_minutes=3)
    scene.services.model_operations.set_schedule(order=order, actor="admin")
    return []


CASES = [
    Case(
        "scheduler.tend_model_server",
        _scheduled,
        ignored=_BOOKKEEPING,
        # Until the window is closed, and the server that idles is stopped.
        calls=6,
        pause=timedelta(hours=1),
    )
]
