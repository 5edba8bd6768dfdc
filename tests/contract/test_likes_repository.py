"""What every store of likes must do."""

from __future__ import annotations

import pytest
from pynamodb.exceptions import PynamoDBException

from deepstory.likes.dynamodb import DynamoDBLikeRepository
from deepstory.likes.entities import Like
from deepstory.likes.repository import LikeRepository
from fakes.likes import MemoryLikeRepository

LIKE = Like(post_id="p1", user_id="u1", liked_id="l1")


@pytest.fixture(params=["memory", "dynamodb"])
def likes(request: pytest.FixtureRequest) -> LikeRepository:
    if request.param == "memory":
        return MemoryLikeRepository()
    return DynamoDBLikeRepository(request.getfixturevalue("settings").likes_table)


class TestLikeRepository:
    def test_liking_twice_is_the_same_as_once(self, likes: LikeRepository) -> None:
        assert likes.add(LIKE)
        assert not likes.add(Like(post_id="p1", user_id="u1", liked_id="l2"))

        assert likes.entries("u1", limit=9, after=None) == [LIKE]

    def test_unliking_twice_is_the_same_as_once(self, likes: LikeRepository) -> None:
        likes.add(LIKE)

        assert likes.remove(post_id="p1", user_id="u1")
        assert not likes.remove(post_id="p1", user_id="u1")

        assert likes.entries("u1", limit=9, after=None) == []

    def test_likes_of_one_user_among_posts_are_found(self, likes: LikeRepository) -> None:
        likes.add(LIKE)
        likes.add(Like(post_id="p2", user_id="u2", liked_id="l2"))

        assert likes.liked_by("u1", ["p1", "p2", "p3"]) == {"p1"}
        assert likes.liked_by("u1", []) == set()

    @pytest.mark.parametrize("step", [1, 3, 5, 9])
    def test_pages_of_own_likes_are_newest_first_and_neither_repeat_nor_skip(
        self, likes: LikeRepository, step: int
    ) -> None:
        for number in range(5):
            likes.add(Like(post_id=f"p{9 - number}", user_id="u1", liked_id=f"l{number}"))
        likes.add(Like(post_id="p1", user_id="u2", liked_id="l9"))

        found: list[Like] = []
        after: Like | None = None
        while True:
            entries = likes.entries("u1", limit=step, after=after)
            found += entries
            if len(entries) < step:
                break
            after = entries[-1]

        assert [like.post_id for like in found] == ["p5", "p6", "p7", "p8", "p9"]

    def test_likes_of_one_post_are_removed_in_steps(self, likes: LikeRepository) -> None:
        for number in range(60):
            likes.add(Like(post_id="p1", user_id=f"u{number}", liked_id=f"l{number}"))
        likes.add(Like(post_id="p2", user_id="u1", liked_id="other"))

        assert [likes.remove_of("p1", limit=40) for _ in range(3)] == [40, 20, 0]

        assert likes.liked_by("u1", ["p1", "p2"]) == {"p2"}


@pytest.mark.usefixtures("settings")
def test_failure_that_is_no_refusal_is_not_taken_for_one() -> None:
    likes = DynamoDBLikeRepository("missing")

    with pytest.raises(PynamoDBException):
        likes.add(LIKE)
    with pytest.raises(PynamoDBException):
        likes.remove(post_id="p1", user_id="u1")
