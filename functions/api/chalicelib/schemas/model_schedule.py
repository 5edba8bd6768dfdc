from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar

import msgspec

from chalicelib.schemas.accounts import TimeZone, time_zone
from chalicelib.schemas.common import Timestamp, View, timestamp
from chalicelib.schemas.model_server import OccurrenceView, occurrence_view
from chalicelib.validation import Cleaner, Input
from deepstory.model_server.schedule import Day, OnWindow, check_windows
from deepstory.model_server.schedules import ScheduleOrder, ShownSchedule

_HOURS = "([01][0-9]|2[0-3]):[0-5][0-9]"
# Hundreds of windows would be no schedule but a mistake.
_MAXIMUM_WINDOWS = 50
_MAXIMUM_IDLE_MINUTES = 24 * 60

Begin = Annotated[str, msgspec.Meta(pattern=f"^{_HOURS}$", max_length=5, examples=["09:00"])]
End = Annotated[str, msgspec.Meta(pattern=f"^({_HOURS}|24:00)$", max_length=5, examples=["18:00"])]
Days = Annotated[list[Day], msgspec.Meta(min_length=1, max_length=7)]


class OnWindowView(View):
    """Hours in which the server is kept on; an end not after the beginning is on the next day."""

    days: Days
    begins: Begin = msgspec.field(name="from")
    ends: End = msgspec.field(name="to")


def _windows(windows: Sequence[OnWindowView]) -> Sequence[OnWindowView]:
    check_windows([_window(each) for each in windows])
    return windows


class SetModelSchedule(Input):
    """All windows; what else is left out or null stays as it is."""

    windows: Annotated[list[OnWindowView], msgspec.Meta(max_length=_MAXIMUM_WINDOWS)]
    zone: TimeZone | None = None
    enabled: bool | None = None
    idle_minutes: Annotated[int, msgspec.Meta(ge=1, le=_MAXIMUM_IDLE_MINUTES)] | None = None

    cleaners: ClassVar[Mapping[str, Cleaner]] = {"windows": _windows, "zone": time_zone}

    def order(self) -> ScheduleOrder:
        return ScheduleOrder(
            windows=[_window(each) for each in self.windows],
            zone=self.zone,
            enabled=self.enabled,
            idle_minutes=self.idle_minutes,
        )


class ModelScheduleView(View):
    """``open_window`` is the one that is open now; a disabled schedule has none and no next."""

    zone: str
    enabled: bool
    idle_minutes: int
    windows: list[OnWindowView]
    open_window: OccurrenceView | None
    next_window: OccurrenceView | None
    changed_by: str | None
    changed_at: Timestamp | None


def model_schedule_view(shown: ShownSchedule) -> ModelScheduleView:
    schedule = shown.schedule
    return ModelScheduleView(
        zone=schedule.zone,
        enabled=schedule.enabled,
        idle_minutes=schedule.idle_minutes,
        windows=[
            OnWindowView(days=list(each.days), begins=each.begins, ends=each.ends)
            for each in schedule.windows
        ],
        open_window=occurrence_view(shown.open),
        next_window=occurrence_view(shown.next),
        changed_by=schedule.changed_by,
        changed_at=timestamp(schedule.changed_at) if schedule.changed_at else None,
    )


def _window(view: OnWindowView) -> OnWindow:
    return OnWindow(days=tuple(view.days), begins=view.begins, ends=view.ends)
