"""The model server in memory."""

from __future__ import annotations

from deepstory.audit.entities import AuditEntry
from deepstory.model_server.control import ModelReport
from deepstory.model_server.entities import Mode, ModelServer, Observation
from deepstory.model_server.errors import ModelServerBusyError
from deepstory.model_server.service import ModelServerService
from fakes.audit import MemoryAuditRepository
from fakes.core import FixedClock, fake_ids

COLD_START = 300
DRAWING = 8


class MemoryModelServerRepository:
    def __init__(self, audit: MemoryAuditRepository | None = None) -> None:
        self.server: ModelServer | None = None
        self.audit = audit or MemoryAuditRepository()

    def get(self) -> ModelServer | None:
        return self.server

    def replace(self, after: ModelServer, entry: AuditEntry | None = None) -> bool:
        if after.version != (self.server.version if self.server else 0) + 1:
            return False
        self.server = after
        if entry is not None:
            self.audit.add(entry)
        return True


class FakeHost:
    """An endpoint that is what a test says, and may be out of reach."""

    def __init__(self) -> None:
        self.observation = Observation(state="off", instances=0)
        self.scaled: list[Mode] = []
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


class FakeControl:
    """The control Lambda as the API sees it."""

    def __init__(self) -> None:
        self.mode: Mode = "auto"
        self.actors: list[str] = []

    def describe(self) -> ModelReport:
        return ModelReport(
            mode=self.mode,
            state="off",
            instances=0,
            queue_length=2,
            oldest_wait_seconds=31,
            eta_seconds=None if self.mode == "off" else 316,
        )

    def set_mode(self, *, mode: Mode, actor: str) -> ModelReport:
        self.mode = mode
        self.actors.append(actor)
        return self.describe()


def fake_model_server(
    clock: FixedClock, repository: MemoryModelServerRepository, host: FakeHost
) -> ModelServerService:
    return ModelServerService(
        repository=repository,
        host=host,
        clock=clock,
        ids=fake_ids(clock),
        first_cold_start=COLD_START,
        first_drawing=DRAWING,
    )
