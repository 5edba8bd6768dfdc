"""The search index in memory, with the behaviour that the contract tests demand of both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from deepstory.posts.entities import Changes
from deepstory.posts.feeds import FeedEntry
from deepstory.search.entities import Bound, IndexState
from deepstory.search.indexing import SearchIndexing
from deepstory.search.service import SearchService
from deepstory.search.terms import is_tag
from fakes.posts import ZONE, World


class Posting(NamedTuple):
    version: int
    rank: str | None


class MemoryPostingRepository:
    def __init__(self) -> None:
        self.postings: dict[str, dict[str, Posting]] = {}
        self.reads = 0

    def newest(self, term: str, *, start: Bound, limit: int) -> Sequence[str]:
        self.reads += 1
        found = sorted(filter(start.admits, self.postings.get(term, {})), reverse=True)
        return found[:limit]

    def most_liked(
        self, tag_term: str, *, limit: int, after: FeedEntry | None
    ) -> Sequence[FeedEntry]:
        found = sorted(
            (
                FeedEntry(post_id, posting.rank)
                for post_id, posting in self.postings.get(tag_term, {}).items()
                if posting.rank
            ),
            key=lambda each: each.key,
            reverse=True,
        )
        return [each for each in found if after is None or each.key < after.key][:limit]

    def add(self, post_id: str, terms: Iterable[str], *, rank: str, version: int) -> None:
        for term in terms:
            if is_tag(term) and self._is_later(post_id, term, version):
                continue
            listed = self.postings.setdefault(term, {})
            listed[post_id] = Posting(version, rank if is_tag(term) else None)

    def remove(self, post_id: str, terms: Iterable[str], *, version: int) -> None:
        for term in terms:
            if not self._is_later(post_id, term, version):
                self.postings.get(term, {}).pop(post_id, None)

    def terms_of(self, post_id: str) -> set[str]:
        """Return where the post stands, as a test sees it."""
        return {term for term, listed in self.postings.items() if post_id in listed}

    def _is_later(self, post_id: str, term: str, version: int) -> bool:
        stored = self.postings.get(term, {}).get(post_id)
        return stored is not None and stored.version > version


class MemoryIndexStateRepository:
    def __init__(self) -> None:
        self.states: dict[str, IndexState] = {}
        self.expiring: dict[str, datetime | None] = {}

    def get(self, post_id: str) -> IndexState:
        return self.states.get(post_id, IndexState(post_id=post_id))

    def replace(
        self, before: IndexState, after: IndexState, *, expires_at: datetime | None = None
    ) -> bool:
        if self.get(after.post_id).version != before.version:
            return False
        self.states[after.post_id] = after
        self.expiring[after.post_id] = expires_at
        return True


class SearchWorld(World):
    """A world whose posts are indexed as soon as a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.postings = MemoryPostingRepository()
        self.states = MemoryIndexStateRepository()
        self.indexing = SearchIndexing(
            posts=self.posts, postings=self.postings, states=self.states, clock=self.clock
        )
        self.search = SearchService(
            postings=self.postings,
            posts=self.posts,
            reader=self.reader,
            clock=self.clock,
            zone=ZONE,
        )

    def publish(self, author_id: str = "u1", **fields: Any) -> str:
        """Write a public post, have it indexed, and return its id."""
        post_id = self.write(author_id, **fields)
        self.indexing.update(post_id=post_id)
        return post_id

    def edit(self, post_id: str, **changes: Any) -> None:
        """Edit as the author, without telling the index."""
        author_id = self.posts.posts[post_id].author_id
        self.clock.advance(seconds=1)
        self.post_service.edit(post_id=post_id, author_id=author_id, changes=Changes(**changes))

    def find_own(self, text: str, *, limit: int = 20) -> list[str]:
        """Walk through all pages of a search in one's own posts."""
        found: list[str] = []
        position = None
        while True:
            page = self.search.find_own(text=text, owner_id="u1", limit=limit, position=position)
            assert len(page.items) <= limit
            found += [details.post.post_id for details in page.items]
            if page.next is None:
                return found
            position = page.next

    def find(
        self, text: str | None = None, *, tag: str | None = None, limit: int = 20, **options: Any
    ) -> list[str]:
        """Walk through all pages of a search and return the posts' ids."""
        found: list[str] = []
        position = None
        while True:
            arguments = {"sort": "latest", "period": "all", "viewer_id": None} | options
            page = self.search.find(text=text, tag=tag, limit=limit, position=position, **arguments)
            assert len(page.items) <= limit
            found += [details.post.post_id for details in page.items]
            if page.next is None:
                return found
            position = page.next
