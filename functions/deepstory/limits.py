"""Counting limits over fixed windows: login attempts, daily pictures."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from deepstory.dynamodb import bound, is_refused


class Limit(msgspec.Struct, frozen=True):
    """How often something may happen until a moment.

    ``key`` names what is counted and the window, so a new window starts at zero by itself.
    ``owner_id`` is whose it is, where the key names a user: it goes with the account.
    """

    key: str
    maximum: int
    ends_at: datetime
    owner_id: str | None = None

    def seconds_left(self, now: datetime) -> int:
        return max(1, int((self.ends_at - now).total_seconds()))


def window(
    name: str, *, maximum: int, length: timedelta, now: datetime, owner_id: str | None = None
) -> Limit:
    """Return the limit of the fixed window that holds this moment."""
    start = int(now.timestamp() // length.total_seconds() * length.total_seconds())
    ends_at = datetime.fromtimestamp(start, now.tzinfo) + length
    return Limit(key=f"{name}#{start}", maximum=maximum, ends_at=ends_at, owner_id=owner_id)


class LimitRepository(Protocol):
    def take(self, limit: Limit, amount: int = 1) -> bool:
        """Count ``amount`` uses at once; False, counting none, if they do not all fit."""

    def give_back(self, limit: Limit, amount: int = 1) -> None:
        """Take back uses counted before."""

    def used(self, limit: Limit) -> int: ...


class LimitsByOwner(GlobalSecondaryIndex["LimitItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    owner_id = UnicodeAttribute(hash_key=True)
    key = UnicodeAttribute(range_key=True)


class LimitItem(Model):
    key = UnicodeAttribute(hash_key=True)
    used = NumberAttribute(default=0)
    expires_at = NumberAttribute()
    owner_id = UnicodeAttribute(null=True)

    by_owner = LimitsByOwner()


def fits(limit: Limit, amount: int = 1) -> Condition:
    """Return the condition under which ``amount`` more uses fit, for any transaction."""
    unused: Condition = LimitItem.used.does_not_exist()
    left: Condition = LimitItem.used <= limit.maximum - amount
    either: Condition = unused | left
    return either


def taking(limit: Limit, amount: int = 1) -> list[Action]:
    """Return the update that counts ``amount`` uses, for any transaction."""
    actions: list[Action] = [
        LimitItem.used.add(amount),
        LimitItem.expires_at.set(int(limit.ends_at.timestamp())),
    ]
    if limit.owner_id is not None:
        actions.append(LimitItem.owner_id.set(limit.owner_id))
    return actions


class DynamoDBLimitRepository:
    def __init__(self, table_name: str) -> None:
        self.items = bound(LimitItem, table_name)

    def take(self, limit: Limit, amount: int = 1) -> bool:
        try:
            self.items(limit.key).update(taking(limit, amount), fits(limit, amount))
        except UpdateError as error:
            if is_refused(error):
                return False
            raise
        return True

    def give_back(self, limit: Limit, amount: int = 1) -> None:
        self.items(limit.key).update(taking(limit, -amount))

    def used(self, limit: Limit) -> int:
        try:
            return int(self.items.get(limit.key, consistent_read=True).used)
        except self.items.DoesNotExist:
            return 0
