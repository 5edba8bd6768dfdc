"""What the model server's use cases need from storage."""

from __future__ import annotations

from typing import Protocol

from deepstory.audit.entities import AuditEntry
from deepstory.model_server.entities import ModelServer


class ModelServerRepository(Protocol):
    def get(self) -> ModelServer | None:
        """Read consistently; None before the first write."""

    def replace(self, after: ModelServer, entry: AuditEntry | None = None) -> bool:
        """Write it over the version before it; False if another was written meanwhile.

        With an entry of the audit log both are written, or neither.
        """
