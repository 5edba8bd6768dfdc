"""Friend requests in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pynamodb.connection import Connection
from pynamodb.transactions import TransactWrite

from deepstory.dynamodb import TransactionRefusedError, bound, key_of, transact, written
from deepstory.friends.entities import Box, FriendRequest, Slot
from deepstory.friends.errors import AlreadyAskedError
from deepstory.friends.items import (
    FriendRequestItem,
    FriendshipItem,
    asked_key,
    request_item,
    request_of,
    slot_key,
    slot_of,
)
from deepstory.friends.writing import empty_slot, may_ask_again, pending_for, reach_nobody
from deepstory.idempotency import (
    DuplicateRequestError,
    DynamoDBIdempotencyRepository,
    IdempotencyRecord,
    unclaimed,
)
from deepstory.ids import BEHIND_IDS

# In the order in which DynamoDB tells what failed: the friendship is 0, puts follow.
_REQUEST, _ASKED, _RECORD = 1, 2, 3


class DynamoDBFriendRequestRepository:
    def __init__(
        self,
        *,
        friend_requests_table: str,
        friendships_table: str,
        idempotency: DynamoDBIdempotencyRepository,
        connection: Connection,
    ) -> None:
        self._requests = bound(FriendRequestItem, friend_requests_table)
        self._friendships = bound(FriendshipItem, friendships_table)
        self._idempotency = idempotency
        self._connection = connection

    def add(self, request: FriendRequest, record: IdempotencyRecord | None = None) -> bool:
        absent = FriendRequestItem.request_id.does_not_exist()
        asked = self._requests(
            asked_key(request.asker_id, request.target),
            asker_id=request.asker_id,
            named_id=request.user_id,
            pending_id=request.request_id,
        )

        def build(transaction: TransactWrite) -> None:
            transaction.condition_check(
                self._friendships,
                request.asker_id,
                request.recipient_id,
                condition=FriendshipItem.user_id.does_not_exist(),
            )
            transaction.save(request_item(self._requests, request), condition=absent)
            transaction.save(asked, condition=absent)
            if record is not None:
                transaction.save(self._idempotency.item(record), condition=unclaimed())
            transaction.update(
                self._requests(slot_key(request.recipient_id, request.asker_id)),
                actions=[
                    FriendRequestItem.pending_id.set(request.request_id),
                    FriendRequestItem.asker_id.set(request.asker_id),
                    FriendRequestItem.recipient_id.set(request.recipient_id),
                    FriendRequestItem.expires_at.remove(),
                ],
                condition=FriendRequestItem.pending_id.does_not_exist(),
            )

        try:
            transact(self._connection, build)
        except TransactionRefusedError as error:
            return self._refused(error, record)
        return True

    def _refused(self, error: TransactionRefusedError, record: IdempotencyRecord | None) -> bool:
        if record is not None and _RECORD in error.failed:
            raise DuplicateRequestError from error
        if _REQUEST in error.failed:
            # Ids are never given twice: an earlier try of this very write got through.
            return True
        if _ASKED in error.failed:
            raise AlreadyAskedError from error
        return False

    def get(self, request_id: str) -> FriendRequest | None:
        try:
            return request_of(self._requests.get(request_id, consistent_read=True))
        except self._requests.DoesNotExist:
            return None

    def slot(self, *, recipient_id: str, asker_id: str) -> Slot:
        try:
            key = slot_key(recipient_id, asker_id)
            return slot_of(self._requests.get(key, consistent_read=True))
        except self._requests.DoesNotExist:
            return Slot(recipient_id=recipient_id, asker_id=asker_id)

    def get_many(self, request_ids: Iterable[str]) -> dict[str, FriendRequest]:
        wanted = set(request_ids)
        if not wanted:
            return {}
        items = self._requests.batch_get(wanted, consistent_read=True)
        return {item.request_id: request_of(item) for item in items}

    def entries(self, user_id: str, box: Box, *, limit: int, after: str | None) -> Sequence[str]:
        index: Any = self._requests.by_asker if box == "outgoing" else self._requests.by_recipient
        start = None
        if after is not None:
            person = "asker_id" if box == "outgoing" else "recipient_id"
            start = {person: user_id, "request_id": after}
        found = index.query(
            user_id,
            FriendRequestItem.request_id < BEHIND_IDS,
            scan_index_forward=False,
            limit=limit,
            last_evaluated_key=key_of(start),
        )
        return [item.request_id for item in found]

    def cancel(self, request: FriendRequest) -> bool:
        def build(transaction: TransactWrite) -> None:
            transaction.delete(self._requests(request.request_id), condition=pending_for(request))
            may_ask_again(transaction, self._requests, request)
            # Without a condition: what was declined is in no slot.
            transaction.delete(self._requests(slot_key(request.recipient_id, request.asker_id)))

        return written(self._connection, build)

    def decline(self, request: FriendRequest, *, nobody_id: str, quiet_until: datetime) -> bool:
        def build(transaction: TransactWrite) -> None:
            reach_nobody(transaction, self._requests, request, nobody_id)
            transaction.update(
                self._requests(slot_key(request.recipient_id, request.asker_id)),
                actions=[
                    FriendRequestItem.pending_id.remove(),
                    FriendRequestItem.expires_at.set(int(quiet_until.timestamp())),
                ],
                condition=FriendRequestItem.pending_id == request.request_id,
            )

        return written(self._connection, build)

    def forget(self, user_id: str, *, nobody_id: str, limit: int) -> int:
        asked = list(self._requests.by_asker.query(user_id, limit=limit))
        with self._requests.batch_write() as batch:
            for item in asked:
                batch.delete(self._requests(item.request_id))
        left = limit - len(asked)
        named = list(self._requests.by_named.query(user_id, limit=left)) if left else []
        for item in named:
            self._withdraw(item.request_id)
        left -= len(named)
        got = list(self._requests.by_recipient.query(user_id, limit=left)) if left else []
        for item in got:
            self._forget_recipient(item.request_id, nobody_id)
        return len(asked) + len(named) + len(got)

    def count_of(self, user_id: str) -> int:
        requests = self._requests
        indexes = (requests.by_asker, requests.by_recipient, requests.by_named)
        return sum(index.count(user_id) for index in indexes)

    def _withdraw(self, key: str) -> None:
        request = self.get(key) if key < BEHIND_IDS else None
        if request is not None and request.is_pending:
            # If it was answered or cancelled meanwhile, the next step sees that.
            self.cancel(request)
        else:
            self._requests(key).delete()

    def _forget_recipient(self, key: str, nobody_id: str) -> None:
        request = self.get(key) if key < BEHIND_IDS else None
        if request is None or not request.is_pending:
            # A slot, or what was accepted and would soon be gone anyhow.
            self._requests(key).delete()
            return

        def build(transaction: TransactWrite) -> None:
            reach_nobody(transaction, self._requests, request, nobody_id)
            empty_slot(transaction, self._requests, request)

        # If it was answered or cancelled meanwhile, the next step sees that.
        written(self._connection, build)
