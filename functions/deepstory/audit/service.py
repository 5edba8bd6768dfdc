"""Use cases of the audit log."""

from __future__ import annotations

from deepstory.audit.entities import SCHEDULER, AuditEntry, ReadEntry
from deepstory.audit.repository import Actors, AuditRepository
from deepstory.paging import Page, Position


class AuditService:
    def __init__(self, *, log: AuditRepository, actors: Actors) -> None:
        self._log = log
        self._actors = actors

    def entries(self, *, limit: int, position: Position | None = None) -> Page[ReadEntry]:
        """List what administrators and the scheduler did, newest first."""
        page = self._log.entries(limit=limit, position=position)
        people = {entry.actor_id for entry in page.items} - {SCHEDULER}
        actors = self._actors.get_many(people)

        def read(entry: AuditEntry) -> ReadEntry:
            actor = actors.get(entry.actor_id)
            return ReadEntry(entry, actor.name if actor else None)

        return page.map(read)
