"""What the comment use cases need from storage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from deepstory.accounts.entities import User
from deepstory.comments.entities import Comment
from deepstory.idempotency import IdempotencyRecord


class CommentRepository(Protocol):
    def add(self, comment: Comment, record: IdempotencyRecord | None = None) -> None:
        """Write the comment and the record; raise DuplicateRequestError if the record exists."""

    def get(self, parent: str, comment_id: str) -> Comment | None:
        """Read consistently: what was deleted a moment ago is gone."""

    def find(self, comment_id: str) -> Comment | None:
        """Find a comment by its id alone; one of the last moments may be missing."""

    def get_many(self, keys: Iterable[tuple[str, str]]) -> dict[str, Comment]:
        """Return by id the comments that exist of these parents and ids."""

    def set_hidden(self, comment: Comment, *, hidden: bool) -> bool:
        """Take a comment out of everybody's sight, or put it back; False if it was gone."""

    def entries(self, parent: str, *, limit: int, after: str | None) -> Sequence[Comment]:
        """Return the comments after that id, oldest first, consistently.

        Fewer than ``limit`` means that there are no more.
        """

    def remove(self, comment: Comment) -> bool:
        """Delete the comment; False if it was gone."""

    def remove_of(self, counted_id: str, *, limit: int) -> int:
        """Delete up to ``limit`` comments of a post or secret entry and return how many it were."""


class Authors(Protocol):
    def me(self, *, user_id: str) -> User: ...

    def names_of(self, *, user_ids: Iterable[str], suspended: bool = False) -> dict[str, str]: ...
