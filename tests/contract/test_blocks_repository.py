"""What every store of blocks must do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from pynamodb.exceptions import PynamoDBException

from deepstory.blocks.dynamodb import DynamoDBBlockRepository
from deepstory.blocks.entities import Block
from deepstory.blocks.repository import BlockRepository
from deepstory.friends.repository import FriendshipRepository
from deepstory.services import Services
from fakes.blocks import MemoryBlockRepository
from fakes.core import START
from fakes.friends import MemoryFriends, MemoryFriendshipRepository

BLOCK = Block(user_id="u1", blocked_id="u2", created_at=START)


Put = Callable[[Block], bool]


@pytest.fixture(params=["memory", "dynamodb"])
def blocks(request: pytest.FixtureRequest) -> BlockRepository:
    if request.param == "memory":
        return MemoryBlockRepository()
    return DynamoDBBlockRepository(request.getfixturevalue("settings").blocks_table)


@pytest.fixture
def put(blocks: BlockRepository, request: pytest.FixtureRequest) -> Put:
    """Write a block as blocking does: together with what it ends."""
    friendships: FriendshipRepository
    if isinstance(blocks, MemoryBlockRepository):
        friendships = MemoryFriendshipRepository(MemoryFriends(blocks))
    else:
        friendships = Services(request.getfixturevalue("settings")).friendship_repository
    return lambda block: friendships.block(block, requests=[], nobody_id="nobody")


class TestBlockRepository:
    def test_blocking_twice_is_the_same_as_once(self, blocks: BlockRepository, put: Put) -> None:
        assert put(BLOCK)
        assert not put(replace(BLOCK, created_at=START.replace(year=2027)))

        assert blocks.entries("u1", limit=9, after=None) == [BLOCK]
        assert blocks.entries("u2", limit=9, after=None) == []

    def test_own_block_is_told_from_the_others(self, blocks: BlockRepository, put: Put) -> None:
        put(BLOCK)

        assert blocks.exists(user_id="u1", blocked_id="u2")
        assert not blocks.exists(user_id="u2", blocked_id="u1")

    def test_unblocking_twice_is_the_same_as_once(self, blocks: BlockRepository, put: Put) -> None:
        put(BLOCK)

        assert not blocks.remove(user_id="u2", blocked_id="u1")
        assert blocks.remove(user_id="u1", blocked_id="u2")
        assert not blocks.remove(user_id="u1", blocked_id="u2")

        assert blocks.apart_from("u1", ["u2"]) == set()

    def test_block_keeps_both_apart_and_nobody_else(
        self, blocks: BlockRepository, put: Put
    ) -> None:
        put(BLOCK)
        put(replace(BLOCK, user_id="u3", blocked_id="u1"))

        assert blocks.apart_from("u1", ["u1", "u2", "u3", "u4"]) == {"u2", "u3"}
        assert blocks.apart_from("u2", ["u1", "u2", "u3"]) == {"u1"}
        assert blocks.apart_from("u4", ["u1", "u2", "u3"]) == set()
        assert blocks.apart_from("u1", []) == blocks.apart_from("u1", ["u1"]) == set()

    def test_two_who_blocked_each_other_are_apart_until_both_stop(
        self, blocks: BlockRepository, put: Put
    ) -> None:
        put(BLOCK)
        put(replace(BLOCK, user_id="u2", blocked_id="u1"))

        blocks.remove(user_id="u1", blocked_id="u2")
        assert blocks.apart_from("u1", ["u2"]) == {"u2"}
        blocks.remove(user_id="u2", blocked_id="u1")
        assert blocks.apart_from("u1", ["u2"]) == set()

    def test_more_people_than_one_batch_are_looked_at(
        self, blocks: BlockRepository, put: Put
    ) -> None:
        people = [f"p{number:03}" for number in range(101)]
        for each in people:
            put(replace(BLOCK, user_id=each, blocked_id="u1"))

        assert blocks.apart_from("u1", people) == set(people)

    @pytest.mark.parametrize("step", [1, 3, 5, 9])
    def test_pages_neither_repeat_nor_skip(
        self, blocks: BlockRepository, put: Put, step: int
    ) -> None:
        for number in (3, 1, 4, 0, 2):
            put(replace(BLOCK, blocked_id=f"p{number}"))
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
        lambda: blocks.exists(user_id="u1", blocked_id="u2"),
        lambda: blocks.remove(user_id="u1", blocked_id="u2"),
        lambda: blocks.apart_from("u1", ["u2"]),
    ):
        with pytest.raises(PynamoDBException):
            attempt()
