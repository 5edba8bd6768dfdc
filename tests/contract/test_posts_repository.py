"""What every store of posts must do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from pynamodb.exceptions import PynamoDBException

from deepstory.config import Settings
from deepstory.counting import FIRST_SEQUENCE
from deepstory.errors import UnavailableError
from deepstory.idempotency import (
    DuplicateRequestError,
)
from deepstory.ids import first_id_at
from deepstory.posts.counters import PostCounter, like_counters
from deepstory.posts.entities import Changes
from deepstory.posts.feeds import Feed, own_feed, public_feed
from deepstory.posts.repository import PostRepository
from fakes.core import START
from fakes.posts import ZONE
from support.post_stores import (
    LATER,
    LATEST,
    POST,
    RECORD,
    TOP,
    Counters,
    dynamodb_posts,
    ids,
    set_count,
    walk,
)


class TestPostRepository:
    def test_added_post_is_read_as_it_was(self, posts: PostRepository) -> None:
        full = replace(POST, post_id="p2", picture_id="x", mood="calm", sensitive=True, tags=())
        posts.add(POST)
        posts.add(full)

        assert posts.get("p1") == POST
        assert posts.get_many(["p1", "p2", "p3"]) == {"p1": POST, "p2": full}

    def test_unknown_post_is_none(self, posts: PostRepository) -> None:
        assert posts.get("p1") is None
        assert posts.get_many([]) == {}

    def test_more_posts_than_one_batch_are_read(self, posts: PostRepository) -> None:
        wanted = {f"p{number:03}" for number in range(101)}
        for post_id in wanted:
            posts.add(replace(POST, post_id=post_id))

        assert set(posts.get_many(wanted)) == wanted

    def test_repeated_put_does_not_undo_what_came_after_it(self, posts: PostRepository) -> None:
        posts.add(POST)
        changed = posts.change("p1", author_id="u1", changes=Changes(title="새 제목"), now=LATER)

        posts.add(POST)

        assert posts.get("p1") == changed

    def test_repeated_claim_is_a_duplicate_request(self, posts: PostRepository) -> None:
        posts.add(POST, RECORD)

        with pytest.raises(DuplicateRequestError):
            posts.add(replace(POST, post_id="p2"), RECORD)

        assert posts.get("p1") == POST
        assert posts.get("p2") is None

    def test_change_writes_what_is_given_and_keeps_the_rest(self, posts: PostRepository) -> None:
        posts.add(POST)
        changes = Changes(text="녹았다.", diary_date=date(2026, 11, 21), weather=None, tags=("a",))

        changed = posts.change("p1", author_id="u1", changes=changes, now=LATER)

        assert changed == posts.get("p1")
        assert changed == replace(POST, **changes.given(), updated_at=LATER)

    def test_change_of_an_anothers_or_missing_post_writes_nothing(
        self, posts: PostRepository
    ) -> None:
        posts.add(POST)

        for changes in (Changes(title="x"), Changes(visibility="private")):
            assert posts.change("p1", author_id="u2", changes=changes, now=LATER) is None
            assert posts.change("p2", author_id="u1", changes=changes, now=LATER) is None

        assert posts.get("p1") == POST
        assert posts.get("p2") is None

    def test_change_of_text_does_not_disturb_the_count(
        self, posts: PostRepository, counters: Counters
    ) -> None:
        posts.add(POST)
        set_count(counters, "p1", 7)

        posts.change("p1", author_id="u1", changes=Changes(title="x"), now=LATER)

        assert posts.get("p1") == replace(POST, title="x", like_count=7, updated_at=LATER)

    def test_only_the_author_removes(self, posts: PostRepository) -> None:
        posts.add(POST)

        assert not posts.remove("p1", author_id="u2")
        assert posts.remove("p1", author_id="u1")
        assert not posts.remove("p1", author_id="u1")

        assert posts.get("p1") is None
        assert ids(posts, LATEST) == ids(posts, own_feed("u1")) == []


class TestFeeds:
    def test_private_posts_are_in_no_public_feed(self, posts: PostRepository) -> None:
        posts.add(replace(POST, visibility="private"))

        assert ids(posts, own_feed("u1")) == ["p1"]
        for sort in ("latest", "top"):
            for period in ("day", "week", "month", "all"):
                feed = public_feed(sort, period, now=START, zone=ZONE)
                assert ids(posts, feed) == []

    def test_publishing_and_hiding_move_a_post_in_and_out(
        self, posts: PostRepository, counters: Counters
    ) -> None:
        posts.add(replace(POST, visibility="private"))
        posts.add(replace(POST, post_id="p2"))
        set_count(counters, "p1", 3)
        today = public_feed("top", "day", now=START, zone=ZONE)

        for visibility in ("public", "public"):
            changes = Changes(visibility=visibility)
            posts.change("p1", author_id="u1", changes=changes, now=LATER)
            assert ids(posts, LATEST) == ["p2", "p1"]
            assert ids(posts, TOP) == ids(posts, today) == ["p1", "p2"]

        posts.change("p1", author_id="u1", changes=Changes(visibility="private"), now=LATER)

        assert ids(posts, LATEST) == ids(posts, TOP) == ids(posts, today) == ["p2"]

    def test_hidden_post_leaves_the_public_feeds_whatever_its_author_does(
        self, posts: PostRepository, counters: Counters
    ) -> None:
        posts.add(POST)
        today = public_feed("top", "day", now=START, zone=ZONE)

        for _ in range(2):
            assert posts.set_hidden("p1", hidden=True)
        assert posts.get("p1") == replace(POST, hidden=True)
        for visibility in ("private", "public"):
            changes = Changes(visibility=visibility, title="새 제목")
            changed = posts.change("p1", author_id="u1", changes=changes, now=LATER)
            assert changed
            assert (changed.visibility, changed.hidden) == (visibility, True)
            assert ids(posts, LATEST) == ids(posts, TOP) == ids(posts, today) == []
        set_count(counters, "p1", 3)
        assert ids(posts, TOP) == []
        assert ids(posts, own_feed("u1")) == ["p1"]

        posts.add(replace(POST, post_id="p2", like_count=2))
        for _ in range(2):
            assert posts.set_hidden("p1", hidden=False)
        assert ids(posts, LATEST) == ["p2", "p1"]
        assert ids(posts, TOP) == ids(posts, today) == ["p1", "p2"]

    def test_private_post_can_be_hidden_and_put_back(self, posts: PostRepository) -> None:
        private = replace(POST, visibility="private")
        posts.add(private)

        for hidden in (True, False):
            posts.set_hidden("p1", hidden=hidden)
            assert posts.get("p1") == replace(private, hidden=hidden)
            assert ids(posts, LATEST) == []

    def test_post_that_is_gone_cannot_be_hidden(self, posts: PostRepository) -> None:
        assert not posts.set_hidden("p1", hidden=True)
        assert posts.get("p1") is None

    def test_top_is_by_likes_and_newest_among_equals(
        self, posts: PostRepository, counters: Counters
    ) -> None:
        for post_id, count in (("p1", 9), ("p2", 10), ("p3", 9), ("p4", 0)):
            posts.add(replace(POST, post_id=post_id))
            set_count(counters, post_id, count)

        assert ids(posts, TOP) == ["p2", "p3", "p1", "p4"]

    def test_top_of_a_period_holds_what_was_created_in_it(self, posts: PostRepository) -> None:
        # START is a Sunday in Seoul: yesterday is of the same week, the day before 30 is not.
        for post_id, days in (("p1", 0), ("p2", 1), ("p3", 7), ("p4", 30)):
            posts.add(replace(POST, post_id=post_id, created_at=START - timedelta(days=days)))

        def top(period: str) -> list[str]:
            feed = public_feed("top", period, now=START, zone=ZONE)  # type: ignore[arg-type]  # a wider type on purpose
            return ids(posts, feed)

        assert top("day") == ["p1"]
        assert top("week") == ["p2", "p1"]
        assert top("month") == ["p3", "p2", "p1"]
        assert top("all") == ["p4", "p3", "p2", "p1"]

    def test_latest_of_a_period_starts_with_it(self, posts: PostRepository) -> None:
        midnight = START.replace(day=21, hour=15)  # in Seoul
        before, after = midnight - timedelta(milliseconds=1), midnight
        for moment in (before, after):
            posts.add(replace(POST, post_id=first_id_at(moment), created_at=moment))

        feed = public_feed("latest", "day", now=START, zone=ZONE)

        assert ids(posts, feed) == [first_id_at(after)]

    @pytest.mark.parametrize("feed", [LATEST, TOP, own_feed("u1")], ids=lambda feed: feed.index)
    def test_pages_neither_repeat_nor_skip(self, posts: PostRepository, feed: Feed) -> None:
        wanted = [f"p{number}" for number in range(9)]
        for post_id in wanted:
            posts.add(replace(POST, post_id=post_id))
        posts.add(replace(POST, post_id="q", author_id="u2", visibility="private"))

        for step in (1, 3, 4, 10):
            assert list(walk(posts, feed, step=step)) == wanted[::-1]


@pytest.mark.usefixtures("settings")
class TestDynamoDB:
    def test_failure_that_is_no_refusal_is_not_taken_for_one(self) -> None:
        posts = dynamodb_posts("missing")
        counters = like_counters("missing")
        counter = PostCounter(post_id="p1", count=0, last_sequence=FIRST_SEQUENCE, listed=True)

        for attempt in (
            lambda: posts.add(POST),
            lambda: posts.change("p1", author_id="u1", changes=Changes(title="x"), now=LATER),
            lambda: posts.remove("p1", author_id="u1"),
            lambda: counters.replace(counter, count=1, last_sequence=1),
        ):
            with pytest.raises(PynamoDBException):
                attempt()

    def test_hiding_that_stays_contended_is_unavailable(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        posts = dynamodb_posts(settings.posts_table)
        posts.add(POST)
        with monkeypatch.context() as overtaken:
            overtaken.setattr(posts, "get", lambda _: replace(POST, hidden=True))
            with pytest.raises(UnavailableError):
                posts.set_hidden("p1", hidden=False)

        assert posts.get("p1") == POST

    def test_visibility_that_stays_contended_is_unavailable_and_unchanged(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        posts = dynamodb_posts(settings.posts_table)
        posts.add(POST)
        with monkeypatch.context() as overtaken:
            overtaken.setattr(posts, "get", lambda _: replace(POST, visibility="private"))
            with pytest.raises(UnavailableError):
                changes = Changes(visibility="public")
                posts.change("p1", author_id="u1", changes=changes, now=LATER)

        assert posts.get("p1") == POST
