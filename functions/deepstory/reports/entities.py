from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from deepstory.clock import to_rfc3339

TargetType = Literal["post", "comment", "user"]
State = Literal["open", "hidden", "dismissed"]
Action = Literal["hide", "dismiss"]
Queue = Literal["open", "decided"]

REASON_CHARACTERS = 500
OUTCOMES: dict[Action, State] = {"hide": "hidden", "dismiss": "dismissed"}


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One person's report of one thing; its id follows from both, so there is no second.

    ``post_id`` is the post that is reported, or that holds the reported comment. ``reporter_id`` is
    None once the reporter's account is gone.
    """

    report_id: str
    reporter_id: str | None
    target_type: TargetType
    target_id: str
    post_id: str | None
    reason: str
    created_at: datetime
    state: State = "open"
    decided_by: str | None = None
    decided_at: datetime | None = None

    @property
    def entry(self) -> ReportEntry:
        queue: Queue = "open" if self.state == "open" else "decided"
        return ReportEntry(queue, f"{to_rfc3339(self.created_at)}#{self.report_id}", self.report_id)


class ReportEntry(msgspec.Struct, frozen=True):
    """A report's place among those that are open, or that are decided: by time."""

    queue: Queue
    key: str
    report_id: str


class ShownReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report as administrators see it.

    ``text`` is what the target says now; None if it is gone, or became private meanwhile.
    """

    report: Report
    reporter_name: str | None
    text: str | None
