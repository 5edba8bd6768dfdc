from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import msgspec

from chalicelib.schemas.common import PageView, Timestamp, View, page_view, prose, timestamp
from chalicelib.schemas.posts import AuthorView
from chalicelib.validation import Cleaner, Input
from deepstory.ids import is_id
from deepstory.paging import Page
from deepstory.reports.entities import (
    REASON_CHARACTERS,
    Action,
    ShownReport,
    State,
    TargetType,
)

# The length is checked by the cleaner, after normalisation.
Reason = Annotated[
    str, msgspec.Meta(extra_json_schema={"minLength": 1, "maxLength": REASON_CHARACTERS})
]


def _target_id(text: str) -> str:
    if not is_id(text):
        raise ValueError("is not the id of anything")
    return text


class SendReport(Input):
    target_type: TargetType
    target_id: str
    reason: Reason

    cleaners: ClassVar[Mapping[str, Cleaner]] = {
        "target_id": _target_id,
        "reason": prose(REASON_CHARACTERS),
    }


class DecideReport(Input):
    """``hide`` takes a post or comment out of everybody's sight but its author's.

    ``dismiss`` leaves it, or puts it back if it was hidden for this report.
    """

    action: Action


class ReportView(View):
    """``reporter`` is null once they are gone, ``text`` once the target is gone or private.

    ``post_id`` is the post that was reported, or that holds the reported comment.
    """

    id: str
    target_type: TargetType
    target_id: str
    post_id: str | None
    reason: str
    text: str | None
    state: State
    reporter: AuthorView | None
    created_at: Timestamp
    decided_by: str | None
    decided_at: Timestamp | None


def report_view(shown: ShownReport) -> ReportView:
    report, reporter = shown.report, None
    if report.reporter_id and shown.reporter_name is not None:
        reporter = AuthorView(id=report.reporter_id, name=shown.reporter_name)
    return ReportView(
        id=report.report_id,
        target_type=report.target_type,
        target_id=report.target_id,
        post_id=report.post_id,
        reason=report.reason,
        text=shown.text,
        state=report.state,
        reporter=reporter,
        created_at=timestamp(report.created_at),
        decided_by=report.decided_by,
        decided_at=timestamp(report.decided_at) if report.decided_at else None,
    )


def reports_view(page: Page[ShownReport], scope: str) -> PageView[ReportView]:
    return page_view(page, [report_view(shown) for shown in page.items], scope)
