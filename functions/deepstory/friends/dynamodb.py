"""Friendships in DynamoDB: what begins and ends them, each in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pynamodb.connection import Connection
from pynamodb.transactions import TransactWrite

from deepstory.blocks.dynamodb import BlockItem, block_item
from deepstory.blocks.entities import Block
from deepstory.dynamodb import bound, key_of, written
from deepstory.friends.entities import (
    ACCEPTED_KEPT_FOR,
    FriendRequest,
    Friendship,
    Membership,
)
from deepstory.friends.items import (
    FriendRequestItem,
    FriendshipItem,
    friendship_item,
    friendship_of,
)
from deepstory.friends.writing import (
    empty_slot,
    may_ask_again,
    no_request_between,
    pending_for,
    reach_nobody,
)
from deepstory.secret_diaries.entities import SecretDiary
from deepstory.secret_diaries.items import SecretDiaryItem, diary_item


class DynamoDBFriendshipRepository:
    def __init__(
        self,
        *,
        friendships_table: str,
        friend_requests_table: str,
        secret_diaries_table: str,
        blocks_table: str,
        connection: Connection,
    ) -> None:
        self._friendships = bound(FriendshipItem, friendships_table)
        self._requests = bound(FriendRequestItem, friend_requests_table)
        self._diaries = bound(SecretDiaryItem, secret_diaries_table)
        self._blocks = bound(BlockItem, blocks_table)
        self._connection = connection

    def get(self, user_id: str, friend_id: str) -> Friendship | None:
        try:
            return friendship_of(self._friendships.get(user_id, friend_id, consistent_read=True))
        except self._friendships.DoesNotExist:
            return None

    def entries(self, user_id: str, *, limit: int, after: str | None) -> Sequence[Friendship]:
        start = None if after is None else {"user_id": user_id, "friend_id": after}
        items = self._friendships.query(
            user_id, consistent_read=True, limit=limit, last_evaluated_key=key_of(start)
        )
        return [friendship_of(item) for item in items]

    def count_of(self, user_id: str) -> int:
        return self._friendships.count(user_id, consistent_read=True)

    def accept(
        self,
        request: FriendRequest,
        diary: SecretDiary,
        *,
        counter_request: FriendRequest | None,
        nobody_id: str,
    ) -> bool:
        asker_id, recipient_id = request.asker_id, request.recipient_id
        edge = Friendship(
            user_id=asker_id,
            friend_id=recipient_id,
            diary_id=diary.diary_id,
            since=diary.since,
            asked_as=request.target,
        )
        mirrored = Friendship(
            user_id=recipient_id, friend_id=asker_id, diary_id=diary.diary_id, since=diary.since
        )
        kept_until = int((diary.since + ACCEPTED_KEPT_FOR).timestamp())

        def build(transaction: TransactWrite) -> None:
            self._check_no_block(transaction, asker_id, recipient_id)
            self._check_no_block(transaction, recipient_id, asker_id)
            for each in (edge, mirrored):
                transaction.save(
                    friendship_item(self._friendships, each),
                    condition=FriendshipItem.user_id.does_not_exist(),
                )
            transaction.save(
                diary_item(self._diaries, diary),
                condition=SecretDiaryItem.diary_id.does_not_exist(),
            )
            transaction.update(
                self._requests(request.request_id),
                actions=[
                    FriendRequestItem.diary_id.set(diary.diary_id),
                    FriendRequestItem.expires_at.set(kept_until),
                ],
                condition=pending_for(request),
            )
            empty_slot(transaction, self._requests, request)
            may_ask_again(transaction, self._requests, request)
            self._settle(transaction, asker_id, recipient_id, counter_request, nobody_id)

        return written(self._connection, build)

    def part(self, membership: Membership, *, at: datetime, block: Block | None = None) -> bool:
        def build(transaction: TransactWrite) -> None:
            for each in (membership, membership.mirrored):
                transaction.delete(
                    self._friendships(each.user_id, each.friend_id),
                    condition=FriendshipItem.diary_id == membership.diary_id,
                )
            transaction.update(
                self._diaries(membership.diary_id),
                actions=[SecretDiaryItem.closed_at.set(at)],
                condition=SecretDiaryItem.diary_id.exists()
                & SecretDiaryItem.closed_at.does_not_exist(),
            )
            if block is not None:
                self._put_block(transaction, block)

        return written(self._connection, build)

    def block(self, block: Block, *, requests: Sequence[FriendRequest], nobody_id: str) -> bool:
        by_asker = {request.asker_id: request for request in requests}

        def build(transaction: TransactWrite) -> None:
            transaction.condition_check(
                self._friendships,
                block.user_id,
                block.blocked_id,
                condition=FriendshipItem.user_id.does_not_exist(),
            )
            self._put_block(transaction, block)
            for one, other in (
                (block.user_id, block.blocked_id),
                (block.blocked_id, block.user_id),
            ):
                self._settle(transaction, one, other, by_asker.get(other), nobody_id)

        return written(self._connection, build)

    def _settle(
        self,
        transaction: TransactWrite,
        recipient_id: str,
        asker_id: str,
        request: FriendRequest | None,
        nobody_id: str,
    ) -> None:
        """See to it that no request of the asker is before the recipient afterwards."""
        if request is None:
            no_request_between(
                transaction, self._requests, recipient_id=recipient_id, asker_id=asker_id
            )
            return
        reach_nobody(transaction, self._requests, request, nobody_id)
        empty_slot(transaction, self._requests, request)

    def _check_no_block(self, transaction: TransactWrite, user_id: str, other_id: str) -> None:
        transaction.condition_check(
            self._blocks, user_id, other_id, condition=BlockItem.user_id.does_not_exist()
        )

    def _put_block(self, transaction: TransactWrite, block: Block) -> None:
        transaction.save(
            block_item(self._blocks, block), condition=BlockItem.user_id.does_not_exist()
        )
