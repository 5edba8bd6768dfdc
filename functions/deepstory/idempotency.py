"""Repeated creating requests get the first one's answer.

The record of a request is written in the same transaction as what the request creates, so
there is no moment at which one exists without the other.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from deepstory.dynamodb import bound
from deepstory.errors import ConflictError
from deepstory.keys import SigningKeys, derive

T = TypeVar("T")

KEPT_FOR = timedelta(hours=24)


class IdempotencyKeyReusedError(ConflictError):
    code = "idempotency_key_reused"
    default_message = "This Idempotency-Key was used before with another request."


class DuplicateRequestError(Exception):
    """The same request was carried out already, perhaps a moment ago: answer from its record."""


class IdempotencyRecord(msgspec.Struct, frozen=True):
    """``owner_id`` is who made the request, if they were logged in: it goes with the account."""

    key: str
    fingerprint: str
    answer: str
    expires_at: int
    owner_id: str | None = None


class Claim(msgspec.Struct, Generic[T], frozen=True):
    """A request's claim to its key, given to the use case that creates ``T``.

    ``render`` turns what is about to be created into the answer that repetitions will get.
    """

    key: str
    fingerprint: str
    expires_at: int
    render: Callable[[T], str]
    owner_id: str | None = None

    def record(self, result: T) -> IdempotencyRecord:
        return IdempotencyRecord(
            key=self.key,
            fingerprint=self.fingerprint,
            answer=self.render(result),
            expires_at=self.expires_at,
            owner_id=self.owner_id,
        )


class IdempotencyRepository(Protocol):
    def find(self, key: str) -> IdempotencyRecord | None: ...


class RecordsByOwner(GlobalSecondaryIndex["IdempotencyItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    owner_id = UnicodeAttribute(hash_key=True)
    key = UnicodeAttribute(range_key=True)


class IdempotencyItem(Model):
    key = UnicodeAttribute(hash_key=True)
    fingerprint = UnicodeAttribute()
    answer = UnicodeAttribute()
    expires_at = NumberAttribute()
    owner_id = UnicodeAttribute(null=True)

    by_owner = RecordsByOwner()


def unclaimed() -> Condition:
    """Return the condition of the record's put in the creating transaction."""
    return IdempotencyItem.key.does_not_exist()


class DynamoDBIdempotencyRepository:
    def __init__(self, table_name: str) -> None:
        self.items = bound(IdempotencyItem, table_name)

    def find(self, key: str) -> IdempotencyRecord | None:
        try:
            item = self.items.get(key, consistent_read=True)
        except self.items.DoesNotExist:
            return None
        return IdempotencyRecord(
            key=item.key,
            fingerprint=item.fingerprint,
            answer=item.answer,
            expires_at=int(item.expires_at),
            owner_id=item.owner_id,
        )

    def item(self, record: IdempotencyRecord) -> IdempotencyItem:
        """Return the item to put in the creating transaction, under ``unclaimed()``."""
        return self.items(
            record.key,
            fingerprint=record.fingerprint,
            answer=record.answer,
            expires_at=record.expires_at,
            owner_id=record.owner_id,
        )


class Idempotency:
    """Make claims, and find the answers of requests that were carried out."""

    def __init__(self, repository: IdempotencyRepository, keys: SigningKeys) -> None:
        self._repository = repository
        self._keys = keys

    def claim(
        self,
        *,
        scope: str,
        key: str,
        request: bytes,
        now: datetime,
        render: Callable[[Any], str],
        owner_id: str | None = None,
    ) -> Claim[Any]:
        """Return the claim of a request; ``scope`` separates callers and routes."""
        key_id, signing_key = self._keys.current()
        digest = hashlib.sha256(f"{scope}\0{key}".encode()).hexdigest()
        return Claim(
            key=digest,
            fingerprint=f"{key_id}:{_mac(signing_key, request)}",
            expires_at=int((now + KEPT_FOR).timestamp()),
            render=render,
            owner_id=owner_id,
        )

    def earlier_answer(self, claim: Claim[Any], *, request: bytes, now: datetime) -> str | None:
        """Return the answer of the same request before, None if there was none.

        Raises
        ------
        IdempotencyKeyReusedError : the key was used with another request.
        """
        record = self._repository.find(claim.key)
        if record is None or record.expires_at <= now.timestamp():
            return None
        key_id, _, mac = record.fingerprint.partition(":")
        signing_key = self._keys.find(key_id)
        # A MAC, not a plain hash: the request may hold a password.
        if signing_key is None or not hmac.compare_digest(mac, _mac(signing_key, request)):
            raise IdempotencyKeyReusedError
        return record.answer


def _mac(key: bytes, request: bytes) -> str:
    return derive(key, "idempotency", request).hex()
