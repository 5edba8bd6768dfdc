"""Comments in memory, with the behaviour that the contract tests demand of both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from deepstory.comments.entities import Comment, parent_of
from deepstory.counting import Change
from deepstory.idempotency import DuplicateRequestError, IdempotencyRecord
from fakes.core import MemoryIdempotencyRepository


class MemoryCommentRepository:
    """Keeps the stream of changes too, as ``(parent, change)`` in order."""

    def __init__(self, idempotency: MemoryIdempotencyRepository | None = None) -> None:
        self.comments: dict[tuple[str, str], Comment] = {}
        self.stream: list[tuple[str, Change]] = []
        self._idempotency = idempotency or MemoryIdempotencyRepository()

    def add(self, comment: Comment, record: IdempotencyRecord | None = None) -> None:
        if record:
            if record.key in self._idempotency.records:
                raise DuplicateRequestError
            self._idempotency.records[record.key] = record
        key = (comment.parent, comment.comment_id)
        if key not in self.comments:
            self.comments[key] = comment
            self._note(comment.parent, 1)

    def get(self, parent: str, comment_id: str) -> Comment | None:
        return self.comments.get((parent, comment_id))

    def find(self, comment_id: str) -> Comment | None:
        return next((c for c in self.comments.values() if c.comment_id == comment_id), None)

    def get_many(self, keys: Iterable[tuple[str, str]]) -> dict[str, Comment]:
        return {key[1]: self.comments[key] for key in keys if key in self.comments}

    def set_hidden(self, comment: Comment, *, hidden: bool) -> bool:
        key = (comment.parent, comment.comment_id)
        if key not in self.comments:
            return False
        self.comments[key] = replace(self.comments[key], hidden=hidden)
        return True

    def entries(self, parent: str, *, limit: int, after: str | None) -> Sequence[Comment]:
        keys = sorted(key for key in self.comments if key[0] == parent)
        return [self.comments[key] for key in keys if after is None or key[1] > after][:limit]

    def remove(self, comment: Comment) -> bool:
        if self.comments.pop((comment.parent, comment.comment_id), None) is None:
            return False
        self._note(comment.parent, -1)
        return True

    def count_of(self, counted_id: str) -> int:
        return sum(1 for parent, _ in self.comments if parent == parent_of(counted_id))

    def remove_of(self, counted_id: str, *, limit: int) -> int:
        comments = self.entries(parent_of(counted_id), limit=limit, after=None)
        return sum(self.remove(comment) for comment in comments)

    def _note(self, parent: str, amount: int) -> None:
        self.stream.append((parent, Change(len(self.stream), amount)))
