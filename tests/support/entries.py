"""Entries of the audit log."""

from __future__ import annotations

from typing import Any

from deepstory.audit.entities import AuditEntry
from fakes.core import START


def an_entry(entry_id: str = "e1", **changes: Any) -> AuditEntry:
    fields: dict[str, Any] = {
        "at": START,
        "actor_id": "admin",
        "action": "user_suspended",
        "target_type": "user",
        "target_id": "u1",
        "before": {"suspended": "false"},
        "after": {"suspended": "true"},
    }
    return AuditEntry(entry_id=entry_id, **fields | changes)
