"""Keeping the index in line with the posts.

Whatever change of a post is reported, the post is read and the index is brought to what it is now:
a report that comes twice, late or in another order leads to the same index. A crash on the way
leaves the state pending, and the next report writes everything again.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec

from deepstory.clock import Clock
from deepstory.errors import UnavailableError
from deepstory.posts.entities import Post
from deepstory.posts.feeds import rank
from deepstory.search.entities import IndexState
from deepstory.search.repository import IndexStateRepository, PostingRepository, Posts
from deepstory.search.terms import is_tag, terms_of

_ATTEMPTS = 10
# Longer than anything that was begun with an earlier state can last.
_EMPTY_STATE_KEPT = timedelta(days=15)


class SearchIndexing:
    def __init__(
        self,
        *,
        posts: Posts,
        postings: PostingRepository,
        states: IndexStateRepository,
        clock: Clock,
    ) -> None:
        self._posts = posts
        self._postings = postings
        self._states = states
        self._clock = clock

    def update(self, *, post_id: str) -> bool:
        """Bring the index to the post as it is; tell whether there was anything to do.

        Raises UnavailableError if others keep writing; what they write is right.
        """
        for _ in range(_ATTEMPTS):
            # In this order: who begins a version has read the post after the version before.
            state = self._states.get(post_id)
            wanted = _wanted(state, self._posts.get(post_id))
            if not state.is_pending and _same(state, wanted):
                return False
            if self._write(state, wanted):
                return True
        raise UnavailableError(retry_after=1)

    def _write(self, state: IndexState, wanted: IndexState) -> bool:
        terms = tuple(dict.fromkeys((*wanted.terms, *state.terms)))
        begun = msgspec.structs.replace(wanted, terms=terms, is_pending=True)
        if not self._states.replace(state, begun):
            return False
        post_id, version = wanted.post_id, wanted.version
        self._postings.add(
            post_id, _missing(state, wanted), rank=wanted.rank or "", version=version
        )
        stale = [term for term in state.terms if term not in set(wanted.terms)]
        self._postings.remove(post_id, stale, version=version)
        expires_at = None if wanted.terms else self._clock.now() + _EMPTY_STATE_KEPT
        return self._states.replace(begun, wanted, expires_at=expires_at)


def _wanted(state: IndexState, post: Post | None) -> IndexState:
    terms = terms_of(post) if post and post.is_listed else ()
    # Only lists of tags are ranked.
    ranked = post is not None and any(map(is_tag, terms))
    return IndexState(
        post_id=state.post_id,
        version=state.version + 1,
        terms=terms,
        rank=rank(post.like_count, post.post_id) if post and ranked else None,
    )


def _same(state: IndexState, wanted: IndexState) -> bool:
    return set(state.terms) == set(wanted.terms) and state.rank == wanted.rank


def _missing(state: IndexState, wanted: IndexState) -> list[str]:
    """Return the terms to write: of a pending state nobody knows which are there."""
    if state.is_pending:
        return list(wanted.terms)
    there = set(state.terms)
    reranked = state.rank != wanted.rank
    return [term for term in wanted.terms if term not in there or (reranked and is_tag(term))]
