"""What a right search index is, and ways to break its keeping off."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from deepstory.posts.feeds import rank
from deepstory.search.entities import IndexState
from deepstory.search.terms import tag_term, terms_of
from fakes.search import SearchWorld

CONTEXT = SimpleNamespace(aws_request_id="request-1")

Record = dict[str, Any]


def assert_right(world: SearchWorld) -> None:
    """Assert that every post stands under its terms and no other, and nothing else stands."""
    wanted = {
        post.post_id: set(terms_of(post)) for post in world.posts.posts.values() if post.is_listed
    }
    listed = {post_id for each in world.postings.postings.values() for post_id in each}
    assert {post_id: world.postings.terms_of(post_id) for post_id in listed} == wanted
    for post_id in wanted:
        post = world.posts.posts[post_id]
        for tag in post.tags:
            posting = world.postings.postings[tag_term(tag)][post_id]
            assert posting.rank == rank(post.like_count, post_id)
    assert not any(state.is_pending for state in world.states.states.values())


def crash_at(patch: pytest.MonkeyPatch, world: SearchWorld, step: str) -> None:
    """End the worker half-way through one of its writes."""
    if step in ("add", "remove"):
        whole = getattr(world.postings, step)

        def half(post_id: str, terms: Sequence[str], **rest: Any) -> None:
            terms = list(terms)
            whole(post_id, terms[: len(terms) // 2], **rest)
            raise SystemExit

        patch.setattr(world.postings, step, half)
        return
    replace_state = world.states.replace

    def finish(before: IndexState, after: IndexState, **rest: Any) -> bool:
        if before.is_pending:
            raise SystemExit
        return replace_state(before, after, **rest)

    patch.setattr(world.states, "replace", finish)
