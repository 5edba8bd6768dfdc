"""The pieces from which transactions about friend requests are put together."""

from __future__ import annotations

from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from deepstory.friends.entities import FriendRequest
from deepstory.friends.items import FriendRequestItem, asked_key, slot_key

Requests = type[FriendRequestItem]


def pending_for(request: FriendRequest) -> Condition:
    """Return the condition that a request still waits for the answer of the same person."""
    pending: Condition = FriendRequestItem.diary_id.does_not_exist()
    same: Condition = FriendRequestItem.recipient_id == request.recipient_id
    both: Condition = same & pending
    return both


def reach_nobody(
    transaction: TransactWrite, requests: Requests, request: FriendRequest, nobody_id: str
) -> None:
    """Have a pending request reach nobody any more; its slot is left to the caller."""
    transaction.update(
        requests(request.request_id),
        actions=[
            FriendRequestItem.recipient_id.set(nobody_id),
            FriendRequestItem.delivered.set(False),
        ],
        condition=pending_for(request),
    )


def empty_slot(transaction: TransactWrite, requests: Requests, request: FriendRequest) -> None:
    """Take a request out of its slot; a condition that it is in there."""
    transaction.delete(
        requests(slot_key(request.recipient_id, request.asker_id)),
        condition=FriendRequestItem.pending_id == request.request_id,
    )


def no_request_between(
    transaction: TransactWrite, requests: Requests, *, recipient_id: str, asker_id: str
) -> None:
    """Demand that no request of the asker is before the recipient."""
    transaction.condition_check(
        requests,
        slot_key(recipient_id, asker_id),
        condition=FriendRequestItem.pending_id.does_not_exist(),
    )


def may_ask_again(transaction: TransactWrite, requests: Requests, request: FriendRequest) -> None:
    """Let the asker of a request that ended ask the same again."""
    transaction.delete(requests(asked_key(request.asker_id, request.target)))
