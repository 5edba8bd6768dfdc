"""The counters that lie in a secret entry: how many likes and how many comments it has."""

from __future__ import annotations

from typing import Any

import msgspec
from pynamodb.attributes import Attribute
from pynamodb.exceptions import UpdateError

from deepstory.counting import FIRST_SEQUENCE
from deepstory.dynamodb import bound, is_conflict, is_refused
from deepstory.posts.counters import counting, uncounted
from deepstory.secret_diaries.entities import entry_of
from deepstory.secret_diaries.items import SecretEntryItem


class EntryCounter(msgspec.Struct, frozen=True, kw_only=True):
    """How far a secret entry's likes, or its comments, are counted."""

    key: str
    count: int
    last_sequence: int


class DynamoDBEntryCounterRepository:
    def __init__(self, secret_entries_table: str, *, count: str, sequence: str) -> None:
        """Name the attributes of one counter."""
        self._entries = bound(SecretEntryItem, secret_entries_table)
        self._count: Attribute[Any] = getattr(SecretEntryItem, count)
        self._sequence: Attribute[Any] = getattr(SecretEntryItem, sequence)
        self._names = (count, sequence)

    def get(self, counted_id: str) -> EntryCounter | None:
        place = entry_of(counted_id)
        if place is None:
            return None
        count, sequence = self._names
        try:
            item = self._entries.get(
                *place,
                consistent_read=True,
                attributes_to_get=["diary_id", "entry_id", count, sequence],
            )
        except self._entries.DoesNotExist:
            return None
        last = getattr(item, sequence)
        return EntryCounter(
            key=counted_id,
            count=int(getattr(item, count)),
            last_sequence=int(last) if last else FIRST_SEQUENCE,
        )

    def replace(self, counter: EntryCounter, *, count: int, last_sequence: int) -> bool:
        place = entry_of(counter.key)
        if place is None:
            return False
        try:
            self._entries(*place).update(
                counting(self._count, count, self._sequence, last_sequence),
                SecretEntryItem.diary_id.exists()
                & uncounted(self._sequence, counter.last_sequence),
            )
        except UpdateError as error:
            if is_refused(error) or is_conflict(error):
                return False
            raise
        return True


def entry_like_counters(secret_entries_table: str) -> DynamoDBEntryCounterRepository:
    return DynamoDBEntryCounterRepository(
        secret_entries_table, count="like_count", sequence="last_sequence"
    )


def entry_comment_counters(secret_entries_table: str) -> DynamoDBEntryCounterRepository:
    return DynamoDBEntryCounterRepository(
        secret_entries_table, count="comment_count", sequence="last_comment_sequence"
    )
