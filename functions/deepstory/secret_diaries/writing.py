"""The one way into a secret diary: a transaction that stands on the friendship."""

from __future__ import annotations

from collections.abc import Callable

from pynamodb.connection import Connection
from pynamodb.transactions import TransactWrite

from deepstory.dynamodb import TransactionRefusedError, bound, transact
from deepstory.friends.entities import Membership
from deepstory.friends.errors import NoLongerFriendsError
from deepstory.friends.items import FriendshipItem

# Condition checks are told of first, and there is no other.
_FRIENDSHIP = 0


class SecretWrites:
    def __init__(self, *, friendships_table: str, connection: Connection) -> None:
        self._friendships = bound(FriendshipItem, friendships_table)
        self._connection = connection

    def write(self, membership: Membership, build: Callable[[TransactWrite], None]) -> bool:
        """Write all, if the two are still friends in this diary; False if anything else forbids it.

        Ending a friendship deletes what is checked here, so of a write and a leaving at the same
        time one comes first: nothing is written into a diary that was left.

        Raises
        ------
        NoLongerFriendsError
        UnavailableError : the items stayed contended; nothing was written.
        """

        def build_with_check(transaction: TransactWrite) -> None:
            transaction.condition_check(
                self._friendships,
                membership.user_id,
                membership.friend_id,
                condition=FriendshipItem.diary_id == membership.diary_id,
            )
            build(transaction)

        try:
            transact(self._connection, build_with_check)
        except TransactionRefusedError as error:
            if _FRIENDSHIP in error.failed:
                raise NoLongerFriendsError from error
            return False
        return True
