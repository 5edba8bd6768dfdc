"""The end of a friendship: by leaving, or by a block."""

from __future__ import annotations

from datetime import datetime

from deepstory.blocks.entities import Block
from deepstory.blocks.repository import OwnBlocks
from deepstory.errors import UnavailableError
from deepstory.friends.entities import FriendRequest, Membership
from deepstory.friends.repository import FriendRequestRepository, FriendshipRepository
from deepstory.ids import IdFactory

# Losing a race means that the same two asked, answered or parted meanwhile.
_ATTEMPTS = 5


class FriendParting:
    def __init__(
        self,
        *,
        requests: FriendRequestRepository,
        friendships: FriendshipRepository,
        blocks: OwnBlocks,
        ids: IdFactory,
    ) -> None:
        self._requests = requests
        self._friendships = friendships
        self._blocks = blocks
        self._ids = ids

    def leave(self, *, membership: Membership, at: datetime) -> bool:
        """Close the diary for both; False if it was closed already."""
        return self._friendships.part(membership, at=at)

    def block(self, block: Block) -> None:
        """Write a block; in the same write a friendship ends, or what is asked reaches nobody.

        Raises UnavailableError if the two stay contended; nothing was written then.
        """
        for _ in range(_ATTEMPTS):
            friendship = self._friendships.get(block.user_id, block.blocked_id)
            if friendship is not None:
                done = self._friendships.part(friendship, at=block.created_at, block=block)
            else:
                done = self._friendships.block(
                    block, requests=self._pending(block), nobody_id=self._ids.new()
                )
            # The block may be there from before, or an earlier try of this write got through.
            if done or self._blocks.exists(user_id=block.user_id, blocked_id=block.blocked_id):
                return
        raise UnavailableError(retry_after=1)

    def _pending(self, block: Block) -> list[FriendRequest]:
        """Return the requests between the two, either way."""
        people = (block.user_id, block.blocked_id)
        slots = [
            self._requests.slot(recipient_id=one, asker_id=other)
            for one, other in (people, people[::-1])
        ]
        found = [self._requests.get(slot.request_id) for slot in slots if slot.request_id]
        return [request for request in found if request]
