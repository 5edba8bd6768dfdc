"""Entries of the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

Action = Literal[
    "user_suspended",
    "user_restored",
    "report_decided",
    "model_mode_changed",
    "model_schedule_changed",
    "model_window_opened",
    "model_window_closed",
    "model_idle_stopped",
]
TargetType = Literal["user", "report", "model_server"]
# The actor of what nobody did, but the clock.
SCHEDULER = "scheduler"
# Some fields of the target, in text.
State = Mapping[str, str]


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One act: who did what to whom, and how the target was before and after."""

    entry_id: str
    at: datetime
    actor_id: str
    action: Action
    target_type: TargetType
    target_id: str
    before: State
    after: State


class ReadEntry(msgspec.Struct, frozen=True):
    """An entry as it is read; the name is None for an administrator whose account is gone."""

    entry: AuditEntry
    actor_name: str | None
