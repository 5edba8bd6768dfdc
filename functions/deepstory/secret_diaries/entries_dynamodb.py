"""Secret entries in DynamoDB: those of one diary share a partition, in the order of their ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from pynamodb.transactions import TransactWrite

from deepstory.dynamodb import bound, key_of
from deepstory.friends.entities import Membership
from deepstory.idempotency import (
    DuplicateRequestError,
    DynamoDBIdempotencyRepository,
    IdempotencyRecord,
    unclaimed,
)
from deepstory.posts.entities import EntryChanges
from deepstory.posts.items import change_actions
from deepstory.secret_diaries.entities import SecretEntry, entry_key, entry_of
from deepstory.secret_diaries.items import (
    SecretEntryItem,
    author_key,
    entry_item,
    secret_entry_of,
)
from deepstory.secret_diaries.writing import SecretWrites


class DynamoDBSecretEntryRepository:
    def __init__(
        self,
        *,
        secret_entries_table: str,
        idempotency: DynamoDBIdempotencyRepository,
        writes: SecretWrites,
    ) -> None:
        self._entries = bound(SecretEntryItem, secret_entries_table)
        self._idempotency = idempotency
        self._writes = writes

    def add(
        self, entry: SecretEntry, membership: Membership, record: IdempotencyRecord | None = None
    ) -> None:
        item = entry_item(self._entries, entry)

        def build(transaction: TransactWrite) -> None:
            transaction.save(item, condition=SecretEntryItem.diary_id.does_not_exist())
            if record is not None:
                transaction.save(self._idempotency.item(record), condition=unclaimed())

        # Ids are never given twice: without a record, an earlier try of this very write got
        # through.
        if not self._writes.write(membership, build) and record is not None:
            raise DuplicateRequestError

    def get(self, diary_id: str, entry_id: str) -> SecretEntry | None:
        try:
            return secret_entry_of(self._entries.get(diary_id, entry_id, consistent_read=True))
        except self._entries.DoesNotExist:
            return None

    def entries(self, diary_id: str, *, limit: int, after: str | None) -> Sequence[SecretEntry]:
        start = None if after is None else {"diary_id": diary_id, "entry_id": after}
        items = self._entries.query(
            diary_id,
            consistent_read=True,
            scan_index_forward=False,
            limit=limit,
            last_evaluated_key=key_of(start),
        )
        return [secret_entry_of(item) for item in items]

    def change(
        self, entry: SecretEntry, membership: Membership, *, changes: EntryChanges, now: datetime
    ) -> SecretEntry | None:
        def build(transaction: TransactWrite) -> None:
            transaction.update(
                self._entries(entry.diary_id, entry.entry_id),
                actions=[
                    *change_actions(SecretEntryItem, changes),
                    SecretEntryItem.updated_at.set(now),
                ],
                condition=SecretEntryItem.author_id == membership.user_id,
            )

        written = self._writes.write(membership, build)
        return self.get(entry.diary_id, entry.entry_id) if written else None

    def remove(self, entry: SecretEntry, membership: Membership) -> bool:
        def build(transaction: TransactWrite) -> None:
            transaction.delete(
                self._entries(entry.diary_id, entry.entry_id),
                condition=SecretEntryItem.author_id == membership.user_id,
            )

        return self._writes.write(membership, build)

    def own(self, author_id: str, *, limit: int, after: str | None) -> Sequence[str]:
        start = None
        if after is not None and (found := entry_of(after)):
            diary_id, entry_id = found
            start = {
                "author_id": author_id,
                "author_key": author_key(diary_id, entry_id),
                "diary_id": diary_id,
                "entry_id": entry_id,
            }
        items = self._entries.by_author.query(
            author_id, limit=limit, last_evaluated_key=key_of(start)
        )
        return [entry_key(item.diary_id, item.entry_id) for item in items]

    def get_own(self, keys: Iterable[str]) -> dict[str, SecretEntry]:
        wanted = {found for key in keys if (found := entry_of(key))}
        if not wanted:
            return {}
        items = self._entries.batch_get(wanted, consistent_read=True)
        entries = [secret_entry_of(item) for item in items]
        return {entry.key: entry for entry in entries}

    def count_own(self, author_id: str, diary_id: str | None = None) -> int:
        key = SecretEntryItem.author_key
        of_diary = key.startswith(author_key(diary_id, "")) if diary_id else None
        return self._entries.by_author.count(author_id, of_diary)

    def forget_own(self, author_id: str, *, limit: int) -> int:
        items = list(self._entries.by_author.query(author_id, limit=limit))
        with self._entries.batch_write() as batch:
            for item in items:
                batch.delete(self._entries(item.diary_id, item.entry_id))
        return len(items)
