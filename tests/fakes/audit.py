"""The audit log in memory."""

from __future__ import annotations

from deepstory.audit.entities import AuditEntry
from deepstory.paging import Page, Position


class MemoryAuditRepository:
    def __init__(self) -> None:
        self.log: dict[str, AuditEntry] = {}

    def add(self, entry: AuditEntry) -> None:
        self.log[entry.entry_id] = entry

    def entries(self, *, limit: int, position: Position | None = None) -> Page[AuditEntry]:
        before = position["entry_id"] if position else "~"
        found = [self.log[key] for key in sorted(self.log, reverse=True) if key < before]
        if len(found) <= limit:
            return Page(items=found)
        end = found[limit - 1].entry_id
        return Page(items=found[:limit], next={"log": "admin", "entry_id": end})
