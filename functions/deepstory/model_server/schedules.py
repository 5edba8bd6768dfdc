"""Use cases of the weekly schedule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from deepstory.clock import Clock
from deepstory.model_server.auditing import ModelAuditor
from deepstory.model_server.errors import ModelServerBusyError
from deepstory.model_server.repository import ModelScheduleRepository
from deepstory.model_server.schedule import ModelSchedule, Occurrence, OnWindow, check_windows

_ATTEMPTS = 10


class ScheduleOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What an administrator wants the schedule to be; what is None stays as it is."""

    windows: Sequence[OnWindow]
    zone: str | None = None
    enabled: bool | None = None
    idle_minutes: int | None = None


class ShownSchedule(msgspec.Struct, frozen=True, kw_only=True):
    """The schedule, the window that is open now, and the one that opens next."""

    schedule: ModelSchedule
    open: Occurrence | None
    next: Occurrence | None


class ModelScheduleService:
    def __init__(
        self,
        *,
        repository: ModelScheduleRepository,
        auditor: ModelAuditor,
        clock: Clock,
        zone: str,
        idle_minutes: int,
    ) -> None:
        """Zone and minutes hold until an administrator chooses others."""
        self._repository = repository
        self._auditor = auditor
        self._clock = clock
        self._first = ModelSchedule(zone=zone, idle_minutes=idle_minutes)

    def current(self) -> ModelSchedule:
        return self._repository.get() or self._first

    def show(self) -> ShownSchedule:
        """Return the schedule with what it means now."""
        return self._shown(self.current(), self._clock.now())

    def change(self, *, order: ScheduleOrder, by: str) -> ShownSchedule:
        """Replace the windows, and what else is given; the same again is not noted.

        Raises
        ------
        ValueError : the windows overlap, or one of them is none.
        ModelServerBusyError : it was contended for too long; nothing was changed.
        """
        check_windows(order.windows)
        now = self._clock.now()
        for _ in range(_ATTEMPTS):
            before = self.current()
            after = replace(
                before,
                windows=tuple(order.windows),
                zone=order.zone or before.zone,
                enabled=before.enabled if order.enabled is None else order.enabled,
                idle_minutes=order.idle_minutes or before.idle_minutes,
            )
            if after == before:
                return self._shown(before, now)
            after = replace(after, changed_by=by, changed_at=now, version=before.version + 1)
            entry = self._auditor.scheduled(before, after, by=by, at=now)
            if self._repository.replace(after, entry):
                return self._shown(after, now)
        raise ModelServerBusyError(retry_after=1)

    def _shown(self, schedule: ModelSchedule, now: datetime) -> ShownSchedule:
        return ShownSchedule(
            schedule=schedule, open=schedule.window_at(now), next=schedule.next_window(now)
        )
