"""Posts that stand in several lists, found without reading the lists whole.

The lists are ordered alike, newest first. Each is asked for its first post at or below the one that
the others agree on, so a rare term leaps over what it lacks in a frequent one. What a question
may cost is bounded: when the reads are used up, the walk stops at a place from where another one
goes on without repeating or skipping anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from deepstory.search.entities import Bound
from deepstory.search.repository import PostingRepository

# A hundred postings are half a read unit to a read unit.
PAGE = 100
MAXIMUM_READS = 30


class _OutOfReadsError(Exception):
    pass


class Intersection:
    """A walk through the posts under all of the terms, newest first."""

    def __init__(
        self,
        postings: PostingRepository,
        terms: Sequence[str],
        *,
        start: Bound,
        since: str = "",
        reads: int = MAXIMUM_READS,
    ) -> None:
        self._postings = postings
        self._lists = [_List(term) for term in terms]
        self._bound = start
        self._since = since
        self._reads = reads
        self._walk = self._common()
        self.is_done = False
        self.is_out_of_reads = False

    @property
    def is_over(self) -> bool:
        return self.is_done or self.is_out_of_reads

    @property
    def bound(self) -> Bound:
        """Everything before it has been given, and nothing from it on."""
        return self._bound

    def take(self, count: int) -> list[str]:
        """Return the next posts; fewer means that all were given, or that the reads are used up."""
        return list(islice(self._walk, count))

    def _common(self) -> Iterator[str]:
        try:
            while (post_id := self._next()) is not None:
                self._bound = Bound(post_id, inclusive=False)
                yield post_id
            self.is_done = True
        except _OutOfReadsError:
            self.is_out_of_reads = True

    def _next(self) -> str | None:
        agreed = 0
        while agreed < len(self._lists):
            for each in self._lists:
                found = self._seek(each)
                if found is None or found < self._since:
                    return None
                agreed = agreed + 1 if self._bound == Bound(found, inclusive=True) else 1
                self._bound = Bound(found, inclusive=True)
                if agreed == len(self._lists):
                    break
        return self._bound.post_id

    def _seek(self, each: _List) -> str | None:
        found = each.first(self._bound)
        if found is None and not each.is_read:
            if not self._reads:
                raise _OutOfReadsError
            self._reads -= 1
            each.fill(self._postings.newest(each.term, start=self._bound, limit=PAGE))
            found = each.first(self._bound)
        return found


class _List:
    """What was read of one list and lies at or below the walk."""

    def __init__(self, term: str) -> None:
        self.term = term
        self.is_read = False
        self._ids: Sequence[str] = ()
        self._next = 0

    def fill(self, ids: Sequence[str]) -> None:
        self._ids, self._next = ids, 0
        self.is_read = len(ids) < PAGE

    def first(self, bound: Bound) -> str | None:
        while self._next < len(self._ids):
            post_id = self._ids[self._next]
            if bound.admits(post_id):
                return post_id
            self._next += 1
        return None
