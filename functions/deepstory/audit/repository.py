"""What reading the audit log needs from storage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from deepstory.accounts.entities import User
from deepstory.audit.entities import AuditEntry
from deepstory.paging import Page, Position


class AuditRepository(Protocol):
    """Entries are added by the repositories of what changes, in the same transaction."""

    def entries(self, *, limit: int, position: Position | None = None) -> Page[AuditEntry]:
        """Return entries, newest first, consistently."""


class Actors(Protocol):
    def get_many(self, user_ids: Iterable[str]) -> Mapping[str, User]: ...
