"""What the post use cases need: storage, and a little of other aggregates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from deepstory.accounts.entities import User
from deepstory.idempotency import IdempotencyRecord
from deepstory.pictures.entities import Picture
from deepstory.posts.entities import Changes, Post
from deepstory.posts.feeds import Feed, FeedEntry


class PostRepository(Protocol):
    def add(self, post: Post, record: IdempotencyRecord | None = None) -> None:
        """Write the post and the record; raise DuplicateRequestError if the record exists."""

    def get(self, post_id: str) -> Post | None:
        """Read consistently: what was made private or deleted a moment ago is so."""

    def get_many(self, post_ids: Iterable[str]) -> dict[str, Post]:
        """Return the posts that exist, by id, consistently and in as few reads as possible."""

    def change(
        self, post_id: str, *, author_id: str, changes: Changes, now: datetime
    ) -> Post | None:
        """Write only what changes, so that no other write is undone; None if not the author's.

        Raises UnavailableError if the post's visibility stays contended.
        """

    def set_hidden(self, post_id: str, *, hidden: bool) -> bool:
        """Take a post out of everybody's sight, or put it back; False if there is none.

        Raises UnavailableError if the post stays contended.
        """

    def remove(self, post_id: str, *, author_id: str) -> bool:
        """Delete the post if it is the author's; False otherwise."""

    def entries(self, feed: Feed, *, limit: int, after: FeedEntry | None) -> Sequence[FeedEntry]:
        """Return the entries after one; fewer than ``limit`` means that there are no more.

        They may be a moment old: read the posts before showing anything.
        """


class Authors(Protocol):
    def me(self, *, user_id: str) -> User: ...

    def names_of(self, *, user_ids: Iterable[str], suspended: bool = False) -> dict[str, str]: ...


class Likes(Protocol):
    def liked_by(self, user_id: str, post_ids: Iterable[str]) -> set[str]:
        """Return those of the posts that the user likes."""


class Pictures(Protocol):
    def get(self, picture_id: str) -> Picture | None: ...

    def get_many(self, picture_ids: Iterable[str]) -> dict[str, Picture]: ...
