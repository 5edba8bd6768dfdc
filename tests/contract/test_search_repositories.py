"""What every store of the search index must do."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from pynamodb.exceptions import PynamoDBException

from deepstory.config import Settings
from deepstory.posts.feeds import FeedEntry, rank
from deepstory.search.dynamodb import (
    DynamoDBIndexedPosts,
    DynamoDBIndexStateRepository,
    DynamoDBPostingRepository,
)
from deepstory.search.entities import NEWEST, Bound, IndexState
from deepstory.search.repository import IndexStateRepository, PostingRepository
from fakes.core import START
from fakes.search import MemoryIndexStateRepository, MemoryPostingRepository
from support.post_stores import POST, dynamodb_posts

WORD, OTHER, TAG = "word#sea", "gram#바다", "tag#바다"


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> tuple[PostingRepository, IndexStateRepository]:
    if request.param == "memory":
        return MemoryPostingRepository(), MemoryIndexStateRepository()
    settings: Settings = request.getfixturevalue("settings")
    return (
        DynamoDBPostingRepository(settings.postings_table),
        DynamoDBIndexStateRepository(settings.indexed_posts_table),
    )


@pytest.fixture
def postings(stores: tuple[PostingRepository, IndexStateRepository]) -> PostingRepository:
    return stores[0]


@pytest.fixture
def states(stores: tuple[PostingRepository, IndexStateRepository]) -> IndexStateRepository:
    return stores[1]


def newest(postings: PostingRepository, term: str) -> list[str]:
    return list(postings.newest(term, start=NEWEST, limit=100))


def add(
    postings: PostingRepository, post_id: str, *terms: str, likes: int = 0, version: int = 1
) -> None:
    postings.add(post_id, terms, rank=rank(likes, post_id), version=version)


class TestPostings:
    def test_posts_of_a_term_come_newest_first(self, postings: PostingRepository) -> None:
        for post_id in ("p2", "p1", "p3"):
            add(postings, post_id, WORD)
        add(postings, "p9", OTHER)

        assert newest(postings, WORD) == ["p3", "p2", "p1"]
        assert newest(postings, "word#none") == []

    def test_list_goes_on_at_or_below_a_bound(self, postings: PostingRepository) -> None:
        for number in range(1, 6):
            add(postings, f"p{number}", WORD)

        def found(post_id: str, *, inclusive: bool) -> list[str]:
            return list(postings.newest(WORD, start=Bound(post_id, inclusive), limit=2))

        assert found("p3", inclusive=True) == ["p3", "p2"]
        assert found("p3", inclusive=False) == ["p2", "p1"]
        assert found("p35", inclusive=False) == ["p3", "p2"]
        assert found("p1", inclusive=False) == []

    def test_more_terms_than_one_write_holds_are_added_and_removed(
        self, postings: PostingRepository
    ) -> None:
        terms = [f"word#{number}" for number in range(60)]

        add(postings, "p1", *terms, *terms[:3])
        assert all(newest(postings, term) == ["p1"] for term in terms)

        postings.remove("p1", terms, version=1)
        assert all(newest(postings, term) == [] for term in terms)

    def test_adding_and_removing_twice_is_the_same_as_once(
        self, postings: PostingRepository
    ) -> None:
        for _ in range(2):
            add(postings, "p1", WORD, TAG)
        assert newest(postings, WORD) == newest(postings, TAG) == ["p1"]

        for _ in range(2):
            postings.remove("p1", [WORD, TAG], version=1)
        assert newest(postings, WORD) == newest(postings, TAG) == []

    def test_earlier_version_takes_nothing_away_that_a_later_one_put(
        self, postings: PostingRepository
    ) -> None:
        add(postings, "p1", WORD, TAG, likes=5, version=3)

        postings.remove("p1", [WORD, TAG], version=2)
        add(postings, "p1", TAG, likes=1, version=2)

        assert newest(postings, WORD) == ["p1"]
        (ranked,) = postings.most_liked(TAG, limit=9, after=None)
        assert ranked == FeedEntry("p1", rank(5, "p1"))

    def test_only_tags_are_ranked_most_liked_first_and_newest_among_equals(
        self, postings: PostingRepository
    ) -> None:
        for post_id, likes in (("p1", 9), ("p2", 10), ("p3", 9), ("p4", 0)):
            add(postings, post_id, TAG, WORD, likes=likes)

        first = postings.most_liked(TAG, limit=3, after=None)
        rest = postings.most_liked(TAG, limit=3, after=first[-1])

        assert [each.post_id for each in (*first, *rest)] == ["p2", "p3", "p1", "p4"]
        assert list(postings.most_liked(WORD, limit=3, after=None)) == []

    def test_new_rank_moves_a_post(self, postings: PostingRepository) -> None:
        add(postings, "p1", TAG)
        add(postings, "p2", TAG)

        add(postings, "p1", TAG, likes=1, version=2)

        ranked = postings.most_liked(TAG, limit=9, after=None)
        assert [each.post_id for each in ranked] == ["p1", "p2"]


class TestIndexStates:
    STATE = IndexState(post_id="p1", version=1, terms=(WORD, TAG), rank="1#p1", is_pending=True)

    def test_post_that_was_never_indexed_has_the_first_state(
        self, states: IndexStateRepository
    ) -> None:
        assert states.get("p1") == IndexState(post_id="p1")

    def test_state_is_written_only_over_the_version_it_was_made_from(
        self, states: IndexStateRepository
    ) -> None:
        first = states.get("p1")
        assert states.replace(first, self.STATE)
        assert not states.replace(first, self.STATE)
        assert states.get("p1") == self.STATE

        done = replace(self.STATE, terms=(), rank=None, is_pending=False)
        assert states.replace(self.STATE, done, expires_at=START)
        assert states.get("p1") == done

        assert states.replace(done, replace(done, version=2))
        assert not states.replace(done, replace(done, version=2))


class TestDynamoDB:
    def test_indexed_posts_are_read_whole(self, settings: Settings) -> None:
        dynamodb_posts(settings.posts_table).add(POST)
        posts = DynamoDBIndexedPosts(settings.posts_table)

        assert posts.get("p1") == POST
        assert posts.get("p2") is None

    @pytest.mark.usefixtures("settings")
    def test_failure_that_is_no_refusal_is_not_taken_for_one(self) -> None:
        postings = DynamoDBPostingRepository("missing")
        states = DynamoDBIndexStateRepository("missing")

        for attempt in (
            lambda: postings.add("p1", [TAG], rank="0#p1", version=1),
            lambda: postings.remove("p1", [WORD], version=1),
            lambda: states.replace(IndexState(post_id="p1"), TestIndexStates.STATE),
        ):
            with pytest.raises(PynamoDBException):
                attempt()
