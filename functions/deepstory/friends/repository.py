"""What the use cases of friends need: storage, and a little of other aggregates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from deepstory.accounts.entities import User
from deepstory.blocks.entities import Block
from deepstory.friends.entities import Box, FriendRequest, Friendship, Membership, Slot
from deepstory.idempotency import IdempotencyRecord
from deepstory.secret_diaries.entities import SecretDiary


class FriendRequestRepository(Protocol):
    """``nobody_id`` is always an id that was never given to anybody."""

    def add(self, request: FriendRequest, record: IdempotencyRecord | None = None) -> bool:
        """Write the request and the record, if the two are no friends and the slot is empty.

        False if one of these is no longer so: look again.

        Raises AlreadyAskedError if the asker has a request of this target, or
        DuplicateRequestError if the record exists.
        """

    def get(self, request_id: str) -> FriendRequest | None:
        """Read consistently."""

    def slot(self, *, recipient_id: str, asker_id: str) -> Slot:
        """Read consistently; an empty one if nothing was ever in it."""

    def get_many(self, request_ids: Iterable[str]) -> dict[str, FriendRequest]:
        """Return the requests that exist, by id, consistently."""

    def entries(self, user_id: str, box: Box, *, limit: int, after: str | None) -> Sequence[str]:
        """Return the ids of requests by or to somebody, newest first.

        They may be a moment old: read the requests before showing anything. Fewer than ``limit``
        means that there are no more.
        """

    def cancel(self, request: FriendRequest) -> bool:
        """Delete a pending request, and empty its slot; False if it changed meanwhile."""

    def decline(self, request: FriendRequest, *, nobody_id: str, quiet_until: datetime) -> bool:
        """Have a pending request reach nobody any more; False if it changed meanwhile."""

    def forget(self, user_id: str, *, nobody_id: str, limit: int) -> int:
        """Remove up to ``limit`` things that name somebody, and return how many it were.

        Requests that name them by their id are withdrawn. Requests that name an address stay their
        askers', and reach nobody: otherwise their end would tell that somebody had it.
        """

    def count_of(self, user_id: str) -> int:
        """Count what names somebody; of the last moments something may be missing."""


class FriendshipRepository(Protocol):
    def get(self, user_id: str, friend_id: str) -> Friendship | None:
        """Read consistently."""

    def entries(self, user_id: str, *, limit: int, after: str | None) -> Sequence[Friendship]:
        """Return somebody's friendships after that with a friend, by the friends' ids.

        Read consistently. Fewer than ``limit`` means that there are no more.
        """

    def count_of(self, user_id: str) -> int:
        """Count somebody's friendships, consistently."""

    def accept(
        self,
        request: FriendRequest,
        diary: SecretDiary,
        *,
        counter_request: FriendRequest | None,
        nobody_id: str,
    ) -> bool:
        """Write both edges and the diary, and end the request; all or nothing.

        ``counter_request`` is what the recipient asked the asker meanwhile: it reaches nobody
        then. False if the request is not pending any more, the two are friends already, one of
        them blocked the other, or there is another counter request.
        """

    def part(self, membership: Membership, *, at: datetime, block: Block | None = None) -> bool:
        """Delete both edges and close the diary, with the block if there is one, or nothing.

        False if that friendship is over, or the block exists.
        """

    def block(self, block: Block, *, requests: Sequence[FriendRequest], nobody_id: str) -> bool:
        """Write a block between two who are no friends.

        ``requests`` are those pending between them, either way: they reach nobody then. False if
        they are others by now, if the two are friends, or if the block exists.
        """


class People(Protocol):
    def me(self, *, user_id: str) -> User: ...

    def names_of(self, *, user_ids: Iterable[str], suspended: bool = False) -> dict[str, str]: ...


class Addresses(Protocol):
    def find_by_email(self, email: str) -> User | None:
        """Find by normalised address, taking as many reads whether or not it exists."""


class Diaries(Protocol):
    def get(self, diary_id: str) -> SecretDiary | None:
        """Read consistently."""
