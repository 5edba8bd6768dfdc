"""What the use cases of secret diaries need: storage, and a little of other aggregates.

Every write takes the membership that it stands on as a condition, and raises
NoLongerFriendsError if the friendship was ended a moment ago.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from deepstory.accounts.entities import User
from deepstory.comments.entities import Comment
from deepstory.friends.entities import Membership
from deepstory.idempotency import IdempotencyRecord
from deepstory.likes.entities import Like
from deepstory.posts.entities import EntryChanges
from deepstory.secret_diaries.entities import SecretDiary, SecretEntry


class SecretDiaryRepository(Protocol):
    def get(self, diary_id: str) -> SecretDiary | None:
        """Read consistently: what was closed a moment ago is closed."""

    def get_many(self, diary_ids: Iterable[str]) -> dict[str, SecretDiary]:
        """Return the diaries that exist, by id, consistently."""

    def rename(self, membership: Membership, name: str) -> bool:
        """Write the name; False if the diary is gone."""

    def forget_member(self, user_id: str, *, limit: int) -> int:
        """Take somebody out of up to ``limit`` diaries, and return how many it were.

        Those with nobody left in them are deleted. Open ones stay as they are: leave them first.
        """

    def count_of(self, user_id: str) -> int:
        """Count the diaries, closed ones too, in which somebody is a member."""


class SecretEntryRepository(Protocol):
    def add(
        self, entry: SecretEntry, membership: Membership, record: IdempotencyRecord | None = None
    ) -> None:
        """Write the entry and the record; raise DuplicateRequestError if the record exists."""

    def get(self, diary_id: str, entry_id: str) -> SecretEntry | None:
        """Read consistently."""

    def entries(self, diary_id: str, *, limit: int, after: str | None) -> Sequence[SecretEntry]:
        """Return the entries before that id, newest first, consistently.

        Fewer than ``limit`` means that there are no more.
        """

    def change(
        self, entry: SecretEntry, membership: Membership, *, changes: EntryChanges, now: datetime
    ) -> SecretEntry | None:
        """Write only what changes; None if the entry is gone or not the member's."""

    def remove(self, entry: SecretEntry, membership: Membership) -> bool:
        """Delete the entry if it is the member's; False otherwise."""

    def own(self, author_id: str, *, limit: int, after: str | None) -> Sequence[str]:
        """Return keys of somebody's entries in all diaries after that one, closed ones too.

        They may be a moment old. Fewer than ``limit`` means that there are no more.
        """

    def get_own(self, keys: Iterable[str]) -> dict[str, SecretEntry]:
        """Return by key the entries that exist, consistently."""

    def count_own(self, author_id: str, diary_id: str | None = None) -> int:
        """Count somebody's entries, in one diary or all; of the last moments one may be missing."""

    def forget_own(self, author_id: str, *, limit: int) -> int:
        """Delete up to ``limit`` entries of somebody, and return how many it were."""


class SecretLikes(Protocol):
    def add(self, like: Like, membership: Membership) -> bool:
        """Write the like; False if the member likes the entry already."""

    def remove(self, key: str, membership: Membership) -> bool:
        """Delete the member's like; False if there is none."""


class SecretComments(Protocol):
    def add(
        self, comment: Comment, membership: Membership, record: IdempotencyRecord | None = None
    ) -> None:
        """Write the comment and the record; raise DuplicateRequestError if the record exists."""

    def remove(self, comment: Comment, membership: Membership) -> bool:
        """Delete the comment; False if it was gone."""


class CommentReads(Protocol):
    def get(self, parent: str, comment_id: str) -> Comment | None: ...

    def entries(self, parent: str, *, limit: int, after: str | None) -> Sequence[Comment]: ...


class People(Protocol):
    def me(self, *, user_id: str) -> User: ...

    def names_of(self, *, user_ids: Iterable[str], suspended: bool = False) -> dict[str, str]: ...
