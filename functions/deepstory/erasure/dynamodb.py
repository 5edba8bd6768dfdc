"""Erasures and their receipts in DynamoDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from deepstory.accounts.entities import User
from deepstory.accounts.items import EmailItem, UserItem
from deepstory.dynamodb import (
    TimestampAttribute,
    TransactionRefusedError,
    bound,
    is_refused,
    transact,
)
from deepstory.erasure.entities import Counts, Erasure, Receipt
from deepstory.stats.counting import less, of_user
from deepstory.stats.dynamodb import DynamoDBCounterRepository

_QUEUE = "due"
_RECEIPT = "receipt#"
RECEIPT_KEPT_FOR = timedelta(days=400)


class ByDue(GlobalSecondaryIndex["ErasureItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    queue = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class ErasureItem(Model):
    account = UnicodeAttribute(hash_key=True)
    closed_at = TimestampAttribute()
    found = JSONAttribute(null=True)
    # Erasures have these.
    queue = UnicodeAttribute(null=True)
    due_at = TimestampAttribute(null=True)
    leased_until = TimestampAttribute(null=True)
    looks = NumberAttribute(null=True)
    verified_at = TimestampAttribute(null=True)
    # Receipts have these.
    left = JSONAttribute(null=True)
    finished_at = TimestampAttribute(null=True)
    expires_at = NumberAttribute(null=True)

    by_due = ByDue()


class DynamoDBClosing:
    def __init__(
        self,
        *,
        users_table: str,
        emails_table: str,
        erasures_table: str,
        counters: DynamoDBCounterRepository,
        connection: Connection,
    ) -> None:
        self._users = bound(UserItem, users_table)
        self._emails = bound(EmailItem, emails_table)
        self._erasures = bound(ErasureItem, erasures_table)
        self._counters = counters
        self._connection = connection

    def close(self, user: User, erasure: Erasure) -> bool:
        def build(transaction: TransactWrite) -> None:
            transaction.delete(
                self._users(user.user_id),
                condition=(UserItem.password_hash == user.password_hash)
                & (UserItem.birth_date == user.birth_date.isoformat())
                & (UserItem.gender == user.gender),
            )
            transaction.delete(
                self._emails(user.email), condition=EmailItem.user_id == user.user_id
            )
            transaction.save(
                self._erasures(
                    erasure.user_id,
                    closed_at=erasure.closed_at,
                    queue=_QUEUE,
                    due_at=erasure.due_at,
                    looks=erasure.looks,
                )
            )
            self._counters.add_to(transaction, less(of_user(user)))

        try:
            transact(self._connection, build)
        except TransactionRefusedError:
            return False
        return True


class DynamoDBErasureRepository:
    def __init__(self, *, erasures_table: str, connection: Connection) -> None:
        self._items = bound(ErasureItem, erasures_table)
        self._connection = connection

    def get(self, user_id: str) -> Erasure | None:
        try:
            item = self._items.get(user_id, consistent_read=True)
        except self._items.DoesNotExist:
            return None
        assert item.due_at is not None  # noqa: S101  # receipts have no user's id
        return Erasure(
            user_id=item.account,
            closed_at=item.closed_at,
            due_at=item.due_at,
            leased_until=item.leased_until,
            found=item.found,
            looks=int(item.looks or 0),
            verified_at=item.verified_at,
        )

    def receipt(self, pseudonym: str) -> Receipt | None:
        """Return what is kept of an erasure that has ended."""
        try:
            item = self._items.get(f"{_RECEIPT}{pseudonym}", consistent_read=True)
        except self._items.DoesNotExist:
            return None
        assert item.finished_at is not None  # noqa: S101  # it is a receipt
        return Receipt(
            pseudonym=pseudonym,
            closed_at=item.closed_at,
            finished_at=item.finished_at,
            found=_counts(item.found),
            left=_counts(item.left),
        )

    def claim(self, erasure: Erasure, *, now: datetime, until: datetime) -> bool:
        lease = ErasureItem.leased_until
        free: Condition = lease.does_not_exist() | (lease <= now)
        return self._update(
            erasure.user_id,
            [lease.set(until), ErasureItem.due_at.set(until)],
            ErasureItem.account.exists() & free,
        )

    def note_found(self, user_id: str, found: Counts) -> None:
        unknown: Condition = ErasureItem.found.does_not_exist()
        self._update(
            user_id, [ErasureItem.found.set(dict(found))], ErasureItem.account.exists() & unknown
        )

    def release(self, erasure: Erasure) -> None:
        actions: list[Action] = [
            ErasureItem.leased_until.remove(),
            ErasureItem.due_at.set(erasure.due_at),
            ErasureItem.looks.set(erasure.looks),
        ]
        if erasure.verified_at is not None:
            actions.append(ErasureItem.verified_at.set(erasure.verified_at))
        self._update(erasure.user_id, actions, ErasureItem.account.exists())

    def finish(self, erasure: Erasure, receipt: Receipt) -> None:
        def build(transaction: TransactWrite) -> None:
            transaction.delete(self._items(erasure.user_id))
            transaction.save(
                self._items(
                    f"{_RECEIPT}{receipt.pseudonym}",
                    closed_at=receipt.closed_at,
                    finished_at=receipt.finished_at,
                    found=dict(receipt.found),
                    left=dict(receipt.left),
                    expires_at=int((receipt.finished_at + RECEIPT_KEPT_FOR).timestamp()),
                )
            )

        transact(self._connection, build)

    def due(self, *, until: datetime, limit: int) -> Sequence[str]:
        items = self._items.by_due.query(_QUEUE, ErasureItem.due_at <= until, limit=limit)
        return [item.account for item in items]

    def _update(self, user_id: str, actions: list[Action], condition: Condition) -> bool:
        try:
            self._items(user_id).update(actions, condition)
        except UpdateError as error:
            if is_refused(error):
                return False
            raise
        return True


def _counts(value: Any) -> Mapping[str, int]:
    return {name: int(number) for name, number in (value or {}).items()}
