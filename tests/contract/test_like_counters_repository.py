"""What every store of like counters must do."""

from __future__ import annotations

from msgspec.structs import replace

from deepstory.likes.repository import LikeCounterRepository
from deepstory.posts.entities import Changes
from deepstory.posts.repository import PostRepository
from support.post_stores import (
    LATER,
    POST,
)


class TestLikeCounters:
    def test_count_is_written_only_over_the_state_it_was_made_from(
        self, posts: PostRepository, counters: LikeCounterRepository
    ) -> None:
        posts.add(POST)
        counter = counters.get("p1")
        assert counter

        assert counters.replace(counter, count=2, last_sequence=10**39)
        assert not counters.replace(counter, count=5, last_sequence=10**39 + 1)

        again = counters.get("p1")
        assert again == replace(counter, count=2, last_sequence=10**39)
        assert counters.replace(again, count=3, last_sequence=10**39 + 1)
        assert posts.get("p1") == replace(POST, like_count=3)

    def test_count_is_refused_when_the_post_was_published_hidden_or_deleted_meanwhile(
        self, posts: PostRepository, counters: LikeCounterRepository
    ) -> None:
        posts.add(POST)
        for visibility in ("private", "public"):
            counter = counters.get("p1")
            assert counter
            changes = Changes(visibility=visibility)
            posts.change("p1", author_id="u1", changes=changes, now=LATER)
            assert not counters.replace(counter, count=1, last_sequence=1)
        posts.remove("p1", author_id="u1")

        assert counters.get("p1") is None
        assert counter
        assert not counters.replace(counter, count=1, last_sequence=1)
        assert posts.get("p1") is None
