"""Use cases of deciding on reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from msgspec.structs import replace

from deepstory.audit.entities import AuditEntry
from deepstory.clock import Clock
from deepstory.comments.entities import of_post
from deepstory.errors import NotFoundError, UnavailableError
from deepstory.ids import IdFactory
from deepstory.pages import filled_page
from deepstory.paging import Page, Position
from deepstory.posts.entities import Post
from deepstory.reports.entities import OUTCOMES, Action, Queue, Report, ReportEntry, ShownReport
from deepstory.reports.errors import CannotHideError
from deepstory.reports.repository import Comments, Names, Posts, ReportRepository

# Losing a race means that another administrator decided meanwhile.
_ATTEMPTS = 5


class Moderation:
    def __init__(
        self,
        *,
        reports: ReportRepository,
        posts: Posts,
        comments: Comments,
        names: Names,
        clock: Clock,
        ids: IdFactory,
    ) -> None:
        self._reports = reports
        self._posts = posts
        self._comments = comments
        self._names = names
        self._clock = clock
        self._ids = ids

    def list_of(self, *, limit: int, position: Position | None = None) -> Page[ShownReport]:
        """List reports: open ones first, from the oldest; then decided ones, from the newest.

        One that is decided between two pages may be met again among the decided ones.
        """
        reports, last = filled_page(
            self._entries,
            self._still_there,
            key=lambda entry: entry,
            limit=limit,
            after=_entry(position) if position else None,
        )
        return Page(items=self._shown(reports), next=_position(last) if last else None)

    def decide(self, *, report_id: str, action: Action, admin_id: str) -> ShownReport:
        """Hide what was reported, or dismiss the report; the last decision counts.

        Dismissing a report for which something was hidden puts that back. A decision that differs
        from the one before is noted in the audit log in the same write.

        Raises
        ------
        NotFoundError
        CannotHideError : a person was reported.
        """
        for _ in range(_ATTEMPTS):
            report = self._reports.get(report_id)
            if report is None:
                raise NotFoundError
            decided = replace(
                report,
                state=OUTCOMES[action],
                decided_by=admin_id,
                decided_at=self._clock.now(),
            )
            # First the effect: if it breaks off, the report still asks for a decision.
            if action == "hide":
                self._set_hidden(report, hidden=True)
            elif report.state == "hidden":
                self._set_hidden(report, hidden=False)
            entry = self._entry_of(report, decided) if decided.state != report.state else None
            if self._reports.replace(report, decided, entry):
                return self._shown([decided])[0]
        raise UnavailableError(retry_after=1)

    def _entry_of(self, before: Report, after: Report) -> AuditEntry:
        assert after.decided_by and after.decided_at  # noqa: S101  # just decided
        return AuditEntry(
            entry_id=self._ids.new(),
            at=after.decided_at,
            actor_id=after.decided_by,
            action="report_decided",
            target_type="report",
            target_id=after.report_id,
            before={"state": before.state},
            after={"state": after.state},
        )

    def _set_hidden(self, report: Report, *, hidden: bool) -> None:
        """Hide or show the target; one that is gone needs neither."""
        if report.post_id is None:
            raise CannotHideError
        if report.target_type == "post":
            self._posts.set_hidden(report.target_id, hidden=hidden)
            return
        comment = self._comments.get(of_post(report.post_id), report.target_id)
        if comment is not None:
            self._comments.set_hidden(comment, hidden=hidden)

    def _entries(self, after: ReportEntry | None, size: int) -> list[ReportEntry]:
        queue = after.queue if after else "open"
        found = list(self._reports.entries(queue, limit=size, after=after))
        if queue == "open" and len(found) < size:
            found += self._reports.entries("decided", limit=size - len(found), after=None)
        return found

    def _still_there(self, entries: Sequence[ReportEntry]) -> list[Report | None]:
        reports = self._reports.get_many(entry.report_id for entry in entries)
        found = [(entry, reports.get(entry.report_id)) for entry in entries]
        return [report if report and report.entry == entry else None for entry, report in found]

    def _shown(self, reports: Sequence[Report]) -> list[ShownReport]:
        people = {report.reporter_id for report in reports if report.reporter_id}
        people |= {report.target_id for report in reports if report.target_type == "user"}
        names = self._names.names_of(user_ids=people, suspended=True)
        texts = self._texts(reports) | names
        return [
            ShownReport(
                report=report,
                reporter_name=names.get(report.reporter_id or ""),
                text=texts.get(report.target_id),
            )
            for report in reports
        ]

    def _texts(self, reports: Sequence[Report]) -> dict[str, str]:
        """Return by target id what public posts and the comments under them say."""
        read = self._posts.get_many({report.post_id for report in reports if report.post_id})
        public = {post_id: post for post_id, post in read.items() if post.visibility == "public"}
        comments = self._comments.get_many(
            (of_post(report.post_id), report.target_id)
            for report in reports
            if report.target_type == "comment" and report.post_id in public
        )
        texts = {post_id: _text(post) for post_id, post in public.items()}
        return texts | {comment_id: comment.text for comment_id, comment in comments.items()}


def _text(post: Post) -> str:
    return f"{post.title}\n\n{post.text}"


def _position(entry: ReportEntry) -> Position:
    return {"queue": entry.queue, "key": entry.key, "report_id": entry.report_id}


def _entry(position: Position) -> ReportEntry:
    return ReportEntry(cast(Queue, position["queue"]), position["key"], position["report_id"])
