"""What searching and indexing need from storage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from deepstory.posts.entities import Post
from deepstory.posts.feeds import Feed, FeedEntry
from deepstory.search.entities import Bound, IndexState


class PostingRepository(Protocol):
    """Lists of posts by term; they trail the posts by moments."""

    def newest(self, term: str, *, start: Bound, limit: int) -> Sequence[str]:
        """Return ids from the bound on, newest first; fewer than ``limit`` means no more."""

    def most_liked(
        self, tag_term: str, *, limit: int, after: FeedEntry | None
    ) -> Sequence[FeedEntry]:
        """Return a tag's posts, most liked first; fewer than ``limit`` means no more."""

    def add(self, post_id: str, terms: Iterable[str], *, rank: str, version: int) -> None:
        """Put the post under the terms; under tags with its rank, unless a later version did."""

    def remove(self, post_id: str, terms: Iterable[str], *, version: int) -> None:
        """Take the post from under the terms, except where a later version put it."""


class IndexStateRepository(Protocol):
    def get(self, post_id: str) -> IndexState:
        """Read consistently; a post that was never indexed has the first state."""

    def replace(
        self, before: IndexState, after: IndexState, *, expires_at: datetime | None = None
    ) -> bool:
        """Write ``after`` if the version is still that of ``before``; False otherwise."""


class Feeds(Protocol):
    def entries(self, feed: Feed, *, limit: int, after: FeedEntry | None) -> Sequence[FeedEntry]:
        """Return the entries after one; fewer than ``limit`` means that there are no more."""


class Posts(Protocol):
    def get(self, post_id: str) -> Post | None:
        """Read consistently."""
