"""What every store of the counters of likes and comments must do."""

from __future__ import annotations

from msgspec.structs import replace

from deepstory.posts.entities import Changes
from deepstory.posts.repository import PostRepository
from support.post_stores import (
    LATER,
    POST,
    TOP,
    Counters,
    ids,
)


class TestCounters:
    def test_count_is_written_only_over_the_state_it_was_made_from(
        self, posts: PostRepository, counters: Counters
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
        self, posts: PostRepository, counters: Counters
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

    def test_count_is_refused_when_an_administrator_hid_the_post_meanwhile(
        self, posts: PostRepository, counters: Counters
    ) -> None:
        posts.add(POST)
        for hidden in (True, False):
            counter = counters.get("p1")
            assert counter
            posts.set_hidden("p1", hidden=hidden)
            assert not counters.replace(counter, count=1, last_sequence=1)

        again = counters.get("p1")
        assert again
        assert counters.replace(again, count=1, last_sequence=1)

    def test_likes_and_comments_are_counted_apart(
        self, posts: PostRepository, counters: Counters, counters_of_comments: Counters
    ) -> None:
        posts.add(POST)
        liked, commented = counters.get("p1"), counters_of_comments.get("p1")
        assert liked
        assert commented

        assert counters.replace(liked, count=2, last_sequence=7)
        assert counters_of_comments.replace(commented, count=5, last_sequence=3)
        assert not counters_of_comments.replace(commented, count=6, last_sequence=4)

        assert posts.get("p1") == replace(POST, like_count=2, comment_count=5)
        assert ids(posts, TOP) == ["p1"]
        assert counters_of_comments.get("p1") == replace(commented, count=5, last_sequence=3)
