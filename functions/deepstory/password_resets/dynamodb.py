"""Resets in DynamoDB: one item for each user who ever forgot, for some days."""

from __future__ import annotations

from datetime import datetime

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import PutError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from deepstory.accounts.items import UserItem
from deepstory.dynamodb import (
    TimestampAttribute,
    TransactionRefusedError,
    bound,
    is_refused,
    transact,
)
from deepstory.password_resets.entities import KEPT_FOR, Reset


class ResetItem(Model):
    user_id = UnicodeAttribute(hash_key=True)
    request_id = UnicodeAttribute()
    token_hash = UnicodeAttribute()
    valid_until = TimestampAttribute()
    is_sent = BooleanAttribute()
    is_used = BooleanAttribute()
    expires_at = NumberAttribute()


class DynamoDBResetRepository:
    def __init__(self, *, resets_table: str, users_table: str, connection: Connection) -> None:
        self._resets = bound(ResetItem, resets_table)
        self._users = bound(UserItem, users_table)
        self._connection = connection

    def get(self, user_id: str) -> Reset | None:
        try:
            item = self._resets.get(user_id, consistent_read=True)
        except self._resets.DoesNotExist:
            return None
        return Reset(
            user_id=item.user_id,
            request_id=item.request_id,
            token_hash=item.token_hash,
            valid_until=item.valid_until,
            is_sent=item.is_sent,
            is_used=item.is_used,
        )

    def begin(self, reset: Reset) -> bool:
        item = self._resets(
            reset.user_id,
            request_id=reset.request_id,
            token_hash=reset.token_hash,
            valid_until=reset.valid_until,
            is_sent=reset.is_sent,
            is_used=reset.is_used,
            expires_at=int((reset.valid_until + KEPT_FOR).timestamp()),
        )
        try:
            item.save(condition=_not_overtaken_by(reset))
        except PutError as error:
            if is_refused(error):
                return False
            raise
        return True

    def mark_sent(self, reset: Reset) -> None:
        try:
            self._resets(reset.user_id).update(
                [ResetItem.is_sent.set(True)], ResetItem.token_hash == reset.token_hash
            )
        except UpdateError as error:
            if not is_refused(error):
                raise

    def use(self, reset: Reset, *, password_hash: str, now: datetime) -> bool:
        def build(transaction: TransactWrite) -> None:
            transaction.update(
                self._resets(reset.user_id),
                actions=[ResetItem.is_used.set(True)],
                condition=(ResetItem.token_hash == reset.token_hash) & (ResetItem.is_used == False),  # noqa: E712  # a condition, not a comparison
            )
            transaction.update(
                self._users(reset.user_id),
                actions=[UserItem.password_hash.set(password_hash), UserItem.updated_at.set(now)],
                condition=UserItem.user_id.exists(),
            )

        try:
            transact(self._connection, build)
        except TransactionRefusedError:
            return False
        return True


def _not_overtaken_by(reset: Reset) -> Condition:
    """Return the condition that what is there is of an earlier request, or of this one's try."""
    absent: Condition = ResetItem.user_id.does_not_exist()
    earlier: Condition = ResetItem.request_id < reset.request_id
    # Ids of requests grow with time. A try that broke off before its mail leaves neither mark.
    unfinished: Condition = (
        (ResetItem.request_id == reset.request_id)
        & (ResetItem.is_sent == False)  # noqa: E712  # as above
        & (ResetItem.is_used == False)  # noqa: E712  # as above
    )
    either: Condition = absent | earlier | unfinished
    return either
