"""Blocks in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DeleteError
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from deepstory.blocks.entities import Block
from deepstory.dynamodb import TimestampAttribute, bound, is_refused, key_of


class ByBlocked(GlobalSecondaryIndex["BlockItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    blocked_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)


class BlockItem(Model):
    user_id = UnicodeAttribute(hash_key=True)
    blocked_id = UnicodeAttribute(range_key=True)
    created_at = TimestampAttribute()

    by_blocked = ByBlocked()


def block_item(model: type[BlockItem], block: Block) -> BlockItem:
    return model(block.user_id, block.blocked_id, created_at=block.created_at)


class DynamoDBBlockRepository:
    def __init__(self, blocks_table: str) -> None:
        self._blocks = bound(BlockItem, blocks_table)

    def apart_from(self, user_id: str, others: Iterable[str]) -> set[str]:
        people = set(others) - {user_id}
        if not people:
            return set()
        either = {(user_id, each) for each in people} | {(each, user_id) for each in people}
        found = self._blocks.batch_get(either, consistent_read=True)
        return {each for item in found for each in (item.user_id, item.blocked_id)} - {user_id}

    def exists(self, *, user_id: str, blocked_id: str) -> bool:
        try:
            self._blocks.get(user_id, blocked_id, consistent_read=True)
        except self._blocks.DoesNotExist:
            return False
        return True

    def remove(self, *, user_id: str, blocked_id: str) -> bool:
        try:
            self._blocks(user_id, blocked_id).delete(condition=BlockItem.user_id.exists())
        except DeleteError as error:
            if is_refused(error):
                return False
            raise
        return True

    def entries(self, user_id: str, *, limit: int, after: str | None) -> Sequence[Block]:
        start = None if after is None else {"user_id": user_id, "blocked_id": after}
        items = self._blocks.query(
            user_id, consistent_read=True, limit=limit, last_evaluated_key=key_of(start)
        )
        return [
            Block(user_id=item.user_id, blocked_id=item.blocked_id, created_at=item.created_at)
            for item in items
        ]
