"""Checkpoints in DynamoDB, in as many items as their size needs."""

from __future__ import annotations

import secrets
import zlib

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from deepstory.dynamodb import bound

# An item holds 400 kB with its keys.
PART_BYTES = 300_000
_HEAD = "head"


class CheckpointItem(Model):
    """The head says which parts make up the content, so that a change of it changes all."""

    counter = UnicodeAttribute(hash_key=True)
    bucket = UnicodeAttribute(range_key=True)
    generation = UnicodeAttribute(null=True)
    parts = NumberAttribute(null=True)
    content = BinaryAttribute(null=True, legacy_encoding=False)


class DynamoDBCheckpoints:
    """They lie in the counters' table, under a key that is no counter's."""

    def __init__(self, counters_table: str, name: str) -> None:
        self._items = bound(CheckpointItem, counters_table)
        self._key = f"checkpoint#{name}"

    def load(self) -> bytes | None:
        items = {item.bucket: item for item in self._items.query(self._key, consistent_read=True)}
        head = items.get(_HEAD)
        if head is None:
            return None
        parts = [items.get(_part(head.generation, number)) for number in range(int(head.parts))]
        if not all(parts):
            # Another run has saved meanwhile: whoever begins anew comes to the same end.
            return None
        return zlib.decompress(b"".join(part.content for part in parts if part))

    def save(self, content: bytes) -> None:
        compressed, generation = zlib.compress(content), secrets.token_hex(8)
        starts = range(0, len(compressed), PART_BYTES)
        for number, start in enumerate(starts):
            self._items(
                self._key,
                _part(generation, number),
                content=compressed[start : start + PART_BYTES],
            ).save()
        self._items(self._key, _HEAD, generation=generation, parts=len(starts)).save()
        self._remove_all_but(generation)

    def _remove_all_but(self, generation: str) -> None:
        found = self._items.query(self._key, attributes_to_get=["counter", "bucket"])
        with self._items.batch_write() as batch:
            for item in found:
                if item.bucket != _HEAD and not item.bucket.startswith(generation):
                    batch.delete(item)


def _part(generation: str, number: int) -> str:
    return f"{generation}#{number:04}"
