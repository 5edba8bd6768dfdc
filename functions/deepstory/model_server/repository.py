"""What the model server's use cases need from storage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from deepstory.audit.entities import AuditEntry
from deepstory.model_server.entities import ModelServer
from deepstory.model_server.schedule import ModelSchedule


class ModelServerRepository(Protocol):
    def get(self) -> ModelServer | None:
        """Read consistently; None before the first write."""

    def replace(self, after: ModelServer, entries: Sequence[AuditEntry] = ()) -> bool:
        """Write it over the version before it; False if another was written meanwhile.

        With entries of the audit log all are written, or nothing.
        """


class ModelScheduleRepository(Protocol):
    def get(self) -> ModelSchedule | None:
        """Read consistently; None before the first write."""

    def replace(self, after: ModelSchedule, entry: AuditEntry) -> bool:
        """Write it over the version before it, with the entry; False if another was written."""
