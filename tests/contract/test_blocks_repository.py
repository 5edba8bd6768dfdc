"""What every store of blocks must do."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from pynamodb.exceptions import PynamoDBException

from deepstory.blocks.dynamodb import DynamoDBBlockRepository
from deepstory.blocks.entities import Block
from deepstory.blocks.repository import BlockRepository
from fakes.blocks import MemoryBlockRepository
from fakes.core import START

BLOCK = Block(user_id="u1", blocked_id="u2", created_at=START)


@pytest.fixture(params=["memory", "dynamodb"])
def blocks(request: pytest.FixtureRequest) -> BlockRepository:
    if request.param == "memory":
        return MemoryBlockRepository()
    return DynamoDBBlockRepository(request.getfixturevalue("settings").blocks_table)


class TestBlockRepository:
    def test_blocking_twice_is_the_same_as_once(self, blocks: BlockRepository) -> None:
        assert blocks.add(BLOCK)
        assert not blocks.add(replace(BLOCK, created_at=START.replace(year=2027)))

        assert blocks.entries("u1", limit=9, after=None) == [BLOCK]
        assert blocks.entries("u2", limit=9, after=None) == []

    def test_unblocking_twice_is_the_same_as_once(self, blocks: BlockRepository) -> None:
        blocks.add(BLOCK)

        assert not blocks.remove(user_id="u2", blocked_id="u1")
        assert blocks.remove(user_id="u1", blocked_id="u2")
        assert not blocks.remove(user_id="u1", blocked_id="u2")

        assert blocks.apart_from("u1", ["u2"]) == set()

    def test_block_keeps_both_apart_and_nobody_else(self, blocks: BlockRepository) -> None:
        blocks.add(BLOCK)
        blocks.add(replace(BLOCK, user_id="u3", blocked_id="u1"))

        assert blocks.apart_from("u1", ["u1", "u2", "u3", "u4"]) == {"u2", "u3"}
        assert blocks.apart_from("u2", ["u1", "u2", "u3"]) == {"u1"}
        assert blocks.apart_from("u4", ["u1", "u2", "u3"]) == set()
        assert blocks.apart_from("u1", []) == blocks.apart_from("u1", ["u1"]) == set()

    def test_two_who_blocked_each_other_are_apart_until_both_stop(
        self, blocks: BlockRepository
    ) -> None:
        blocks.add(BLOCK)
        blocks.add(replace(BLOCK, user_id="u2", blocked_id="u1"))

        blocks.remove(user_id="u1", blocked_id="u2")
        assert blocks.apart_from("u1", ["u2"]) == {"u2"}
        blocks.remove(user_id="u2", blocked_id="u1")
        assert blocks.apart_from("u1", ["u2"]) == set()

    def test_more_people_than_one_batch_are_looked_at(self, blocks: BlockRepository) -> None:
        people = [f"p{number:03}" for number in range(101)]
        for each in people:
            blocks.add(replace(BLOCK, user_id=each, blocked_id="u1"))

        assert blocks.apart_from("u1", people) == set(people)

    @pytest.mark.parametrize("step", [1, 3, 5, 9])
    def test_pages_neither_repeat_nor_skip(self, blocks: BlockRepository, step: int) -> None:
        for number in (3, 1, 4, 0, 2):
            blocks.add(replace(BLOCK, blocked_id=f"p{number}"))
        found: list[str] = []
        while True:
            after = found[-1] if found else None
            entries = blocks.entries("u1", limit=step, after=after)
            found += [each.blocked_id for each in entries]
            if len(entries) < step:
                break

        assert found == ["p0", "p1", "p2", "p3", "p4"]


@pytest.mark.usefixtures("settings")
def test_failure_that_is_no_refusal_is_not_taken_for_one() -> None:
    blocks = DynamoDBBlockRepository("missing")

    for attempt in (
        lambda: blocks.add(BLOCK),
        lambda: blocks.remove(user_id="u1", blocked_id="u2"),
        lambda: blocks.apart_from("u1", ["u2"]),
    ):
        with pytest.raises(PynamoDBException):
            attempt()
