"""What reporting and moderating need: storage, and a little of other aggregates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from deepstory.audit.entities import AuditEntry
from deepstory.comments.entities import Comment
from deepstory.posts.entities import Post
from deepstory.reports.entities import Queue, Report, ReportEntry


class ReportRepository(Protocol):
    def add(self, report: Report) -> bool:
        """Write the report; False if there is one already."""

    def get(self, report_id: str) -> Report | None:
        """Read consistently."""

    def get_many(self, report_ids: Iterable[str]) -> dict[str, Report]:
        """Return the reports that exist, by id, consistently."""

    def replace(self, before: Report, after: Report, entry: AuditEntry | None = None) -> bool:
        """Write the decision if the report is still as it was; False otherwise.

        With an entry of the audit log both are written, or neither.
        """

    def entries(
        self, queue: Queue, *, limit: int, after: ReportEntry | None
    ) -> Sequence[ReportEntry]:
        """Return the entries after one: open ones oldest first, decided ones newest first.

        Fewer than ``limit`` means that there are no more. They may be a moment old.
        """


class Posts(Protocol):
    def get(self, post_id: str) -> Post | None: ...

    def get_many(self, post_ids: Iterable[str]) -> dict[str, Post]: ...

    def set_hidden(self, post_id: str, *, hidden: bool) -> bool: ...


class Comments(Protocol):
    def find(self, comment_id: str) -> Comment | None: ...

    def get(self, parent: str, comment_id: str) -> Comment | None: ...

    def get_many(self, keys: Iterable[tuple[str, str]]) -> dict[str, Comment]: ...

    def set_hidden(self, comment: Comment, *, hidden: bool) -> bool: ...


class Names(Protocol):
    def names_of(self, *, user_ids: Iterable[str], suspended: bool = False) -> dict[str, str]: ...
