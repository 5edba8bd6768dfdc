"""Erasers of what lies under a user's id: whole partitions, and what an index finds."""

from __future__ import annotations

from typing import Any

from pynamodb.models import Model

from deepstory.dynamodb import bound


class ItemEraser:
    """Deletes the items of a table, or of one of its indexes, whose hash key is the user.

    Right where deleting an item is all: what follows from it follows from the table's stream.
    """

    def __init__(
        self, name: str, model: type[Model], table: str, *, index: str | None = None
    ) -> None:
        self.name = name
        self._items = bound(model, table)
        self._index = index
        self._keys = [
            key
            for key, attribute in model.get_attributes().items()
            if attribute.is_hash_key or attribute.is_range_key
        ]

    def erase(self, user_id: str, *, limit: int) -> int:
        found = self._found(user_id, limit)
        with self._items.batch_write() as batch:
            for item in found:
                batch.delete(item)
        return len(found)

    def count(self, user_id: str) -> int:
        return self._items.count(
            user_id, index_name=self._index, consistent_read=self._index is None
        )

    def _found(self, user_id: str, limit: int) -> list[Any]:
        return list(
            self._items.query(
                user_id,
                index_name=self._index,
                consistent_read=self._index is None,
                limit=limit,
                attributes_to_get=None if self._index else self._keys,
            )
        )
