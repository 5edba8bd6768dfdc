"""Use case of reporting."""

from __future__ import annotations

from datetime import timedelta

from deepstory.clock import Clock
from deepstory.comments.entities import post_of
from deepstory.errors import NotFoundError
from deepstory.ids import id_of
from deepstory.limits import LimitRepository, window
from deepstory.posts.access import may_see
from deepstory.reports.entities import Report, TargetType
from deepstory.reports.errors import TooManyReportsError
from deepstory.reports.repository import Comments, Names, Posts, ReportRepository

PER_HOUR = 20


class ReportService:
    def __init__(
        self,
        *,
        reports: ReportRepository,
        posts: Posts,
        comments: Comments,
        names: Names,
        limits: LimitRepository,
        clock: Clock,
    ) -> None:
        self._reports = reports
        self._posts = posts
        self._comments = comments
        self._names = names
        self._limits = limits
        self._clock = clock

    def report(
        self, *, reporter_id: str, target_type: TargetType, target_id: str, reason: str
    ) -> None:
        """Report something to the administrators; a second report of it changes nothing.

        Also somebody from whom a block keeps one apart can be reported.

        Raises
        ------
        NotFoundError : there is no such thing, or it is not the reporter's to see.
        TooManyReportsError : 20 new reports within an hour are enough.
        """
        now = self._clock.now()
        report = Report(
            report_id=id_of(f"report#{reporter_id}#{target_type}#{target_id}"),
            reporter_id=reporter_id,
            target_type=target_type,
            target_id=target_id,
            post_id=self._post_of(target_type, target_id, reporter_id),
            reason=reason,
            created_at=now,
        )
        if self._reports.get(report.report_id) is not None:
            return
        limit = window(
            f"reports#{reporter_id}",
            maximum=PER_HOUR,
            length=timedelta(hours=1),
            now=now,
            owner_id=reporter_id,
        )
        if not self._limits.take(limit):
            raise TooManyReportsError(retry_after=limit.seconds_left(now))
        if not self._reports.add(report):
            self._limits.give_back(limit)

    def _post_of(self, target_type: TargetType, target_id: str, reporter_id: str) -> str | None:
        """Return the post that the target is or lies in; raise NotFoundError without a target."""
        if target_type == "user":
            if not self._names.names_of(user_ids=[target_id]):
                raise NotFoundError
            return None
        if target_type == "post":
            return self._visible_post(target_id, reporter_id)
        comment = self._comments.find(target_id)
        post_id = post_of(comment.parent) if comment and not comment.hidden else None
        if post_id is None:
            raise NotFoundError
        return self._visible_post(post_id, reporter_id)

    def _visible_post(self, post_id: str, reporter_id: str) -> str:
        post = self._posts.get(post_id)
        if post is None or not may_see(post, reporter_id):
            raise NotFoundError
        return post_id
