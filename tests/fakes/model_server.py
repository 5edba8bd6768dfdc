"""The model server in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from admin import model_control
from deepstory.audit.entities import AuditEntry
from deepstory.model_server.control import LambdaModelControl
from deepstory.model_server.entities import Mode, ModelServer, Observation, State
from deepstory.model_server.errors import ModelServerBusyError
from deepstory.model_server.operations import ModelOperations
from deepstory.model_server.schedule import ModelSchedule
from deepstory.model_server.service import ModelServerService
from deepstory.model_server.usage import Meter
from fakes.audit import MemoryAuditRepository
from fakes.core import FixedClock

COLD_START = 300
DRAWING = 8
IDLE_MINUTES = 3
MICRO_USD = 1_126_700
METER = Meter(micro_usd_per_hour=MICRO_USD, zone="Asia/Seoul")


class MemoryModelServerRepository:
    def __init__(self, audit: MemoryAuditRepository | None = None) -> None:
        self.server: ModelServer | None = None
        self.audit = audit or MemoryAuditRepository()

    def get(self) -> ModelServer | None:
        return self.server

    def replace(self, after: ModelServer, entries: Sequence[AuditEntry] = ()) -> bool:
        if after.version != (self.server.version if self.server else 0) + 1:
            return False
        self.server = after
        for entry in entries:
            self.audit.add(entry)
        return True


class MemoryModelScheduleRepository:
    def __init__(self, audit: MemoryAuditRepository) -> None:
        self.schedule: ModelSchedule | None = None
        self.audit = audit

    def get(self) -> ModelSchedule | None:
        return self.schedule

    def replace(self, after: ModelSchedule, entry: AuditEntry) -> bool:
        if after.version != (self.schedule.version if self.schedule else 0) + 1:
            return False
        self.schedule = after
        self.audit.add(entry)
        return True


def seen(state: State, instances: int = 0, billed: int | None = None) -> Observation:
    """Return what an endpoint says; what runs is billed."""
    return Observation(
        state=state, instances=instances, billed=instances if billed is None else billed
    )


class FakeHost:
    """An endpoint that is what a test says, and may be out of reach."""

    def __init__(self) -> None:
        self.observation = seen("off")
        self.scaled: list[Mode] = []
        self.stops = 0
        self.observed = 0
        self.is_busy = False

    def observe(self) -> Observation:
        self.observed += 1
        if self.is_busy:
            raise ModelServerBusyError(retry_after=5)
        return self.observation

    def scale(self, mode: Mode) -> None:
        if self.is_busy:
            raise ModelServerBusyError(retry_after=5)
        self.scaled.append(mode)

    def stop(self) -> None:
        if self.is_busy:
            raise ModelServerBusyError(retry_after=5)
        self.stops += 1
        self.observation = seen("off")


class FakeControl(LambdaModelControl):
    """Calls what the control Lambda runs, with what it would be sent."""

    def __init__(self, operations: Callable[[], ModelOperations]) -> None:
        super().__init__(client=None, function_name="control")
        self._operations = operations

    def _ask(self, request: dict[str, Any]) -> bytes:
        event = msgspec.json.decode(msgspec.json.encode(request))
        action = msgspec.convert(event, model_control.Action)
        return msgspec.json.encode(model_control.carry_out(self._operations(), action))


def fake_model_server(
    clock: FixedClock, repository: MemoryModelServerRepository, host: FakeHost
) -> ModelServerService:
    return ModelServerService(
        repository=repository,
        host=host,
        clock=clock,
        meter=METER,
        first_cold_start=COLD_START,
        first_drawing=DRAWING,
    )
