"""What every store of comments must do."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from pynamodb.exceptions import PynamoDBException

from deepstory.comments.dynamodb import DynamoDBCommentRepository
from deepstory.comments.entities import Comment, of_post
from deepstory.comments.repository import CommentRepository
from deepstory.dynamodb import connection
from deepstory.idempotency import (
    DuplicateRequestError,
    DynamoDBIdempotencyRepository,
    IdempotencyRecord,
)
from fakes.comments import MemoryCommentRepository
from fakes.core import START

PARENT = of_post("p1")
COMMENT = Comment(
    parent=PARENT, comment_id="c1", author_id="u1", text="예쁘다\n정말", created_at=START
)
RECORD = IdempotencyRecord(key="claim", fingerprint="k1:f", answer="c1", expires_at=2_000_000_000)


def dynamodb_comments(comments_table: str) -> DynamoDBCommentRepository:
    return DynamoDBCommentRepository(
        comments_table=comments_table,
        idempotency=DynamoDBIdempotencyRepository("idempotency"),
        connection=connection(),
    )


@pytest.fixture(params=["memory", "dynamodb"])
def comments(request: pytest.FixtureRequest) -> CommentRepository:
    if request.param == "memory":
        return MemoryCommentRepository()
    return dynamodb_comments(request.getfixturevalue("settings").comments_table)


def several(comments: CommentRepository, count: int) -> list[Comment]:
    written = [replace(COMMENT, comment_id=f"c{number:03}") for number in range(count)]
    for comment in reversed(written):
        comments.add(comment)
    return written


class TestCommentRepository:
    def test_added_comment_is_read_as_it_was(self, comments: CommentRepository) -> None:
        comments.add(COMMENT)

        assert comments.get(PARENT, "c1") == COMMENT
        assert comments.get(PARENT, "c2") is None
        assert comments.get(of_post("p2"), "c1") is None

    def test_repeated_put_does_not_undo_what_came_after_it(
        self, comments: CommentRepository
    ) -> None:
        comments.add(COMMENT)
        comments.add(replace(COMMENT, text="another"))

        assert comments.get(PARENT, "c1") == COMMENT

    def test_repeated_claim_is_a_duplicate_request(self, comments: CommentRepository) -> None:
        comments.add(COMMENT, RECORD)

        with pytest.raises(DuplicateRequestError):
            comments.add(replace(COMMENT, comment_id="c2"), RECORD)

        assert comments.entries(PARENT, limit=9, after=None) == [COMMENT]

    @pytest.mark.parametrize("step", [1, 3, 5, 9])
    def test_pages_are_oldest_first_and_neither_repeat_nor_skip(
        self, comments: CommentRepository, step: int
    ) -> None:
        written = several(comments, 5)
        comments.add(replace(COMMENT, parent=of_post("p2")))
        found: list[Comment] = []
        while True:
            after = found[-1].comment_id if found else None
            entries = comments.entries(PARENT, limit=step, after=after)
            found += entries
            if len(entries) < step:
                break

        assert found == written

    def test_removing_twice_says_so(self, comments: CommentRepository) -> None:
        comments.add(COMMENT)

        assert comments.remove(COMMENT)
        assert not comments.remove(COMMENT)

        assert comments.get(PARENT, "c1") is None

    def test_comments_are_found_by_their_ids(self, comments: CommentRepository) -> None:
        other = replace(COMMENT, parent=of_post("p2"), comment_id="c2")
        comments.add(COMMENT)
        comments.add(other)

        assert comments.find("c2") == other
        assert comments.find("c3") is None
        keys = [(PARENT, "c1"), (of_post("p2"), "c2"), (PARENT, "c2")]
        assert comments.get_many(keys) == {"c1": COMMENT, "c2": other}
        assert comments.get_many([]) == {}

    def test_comment_is_hidden_and_put_back(self, comments: CommentRepository) -> None:
        comments.add(COMMENT)

        for hidden in (True, True, False, False):
            assert comments.set_hidden(COMMENT, hidden=hidden)
            assert comments.get(PARENT, "c1") == replace(COMMENT, hidden=hidden)
        comments.remove(COMMENT)
        assert not comments.set_hidden(COMMENT, hidden=True)
        assert comments.get(PARENT, "c1") is None

    def test_comments_of_one_post_are_removed_in_steps(self, comments: CommentRepository) -> None:
        several(comments, 60)
        other = replace(COMMENT, parent=of_post("p2"))
        comments.add(other)

        assert [comments.remove_of("p1", limit=40) for _ in range(3)] == [40, 20, 0]

        assert comments.entries(PARENT, limit=9, after=None) == []
        assert comments.entries(of_post("p2"), limit=9, after=None) == [other]


@pytest.mark.usefixtures("settings")
def test_failure_that_is_no_refusal_is_not_taken_for_one() -> None:
    comments = dynamodb_comments("missing")

    for attempt in (
        lambda: comments.add(COMMENT),
        lambda: comments.add(COMMENT, RECORD),
        lambda: comments.remove(COMMENT),
        lambda: comments.set_hidden(COMMENT, hidden=True),
    ):
        with pytest.raises(PynamoDBException):
            attempt()
