"""What a deleted account leaves among secret friends, removed a bounded step at a time.

Each eraser can be called again at any time, by two at once and after a break at any point, until
it finds nothing. In the order of ``Services.secret_erasers`` none makes work for an earlier one.
Likes and comments of secret entries lie with those of posts, and go with them.
"""

from __future__ import annotations

from deepstory.clock import Clock
from deepstory.friends.repository import FriendRequestRepository, FriendshipRepository
from deepstory.ids import IdFactory
from deepstory.secret_diaries.repository import SecretDiaryRepository, SecretEntryRepository


class FriendRequestEraser:
    """Requests of others by the person's id are withdrawn; those by an address reach nobody."""

    name = "friend_requests"

    def __init__(self, requests: FriendRequestRepository, ids: IdFactory) -> None:
        self._requests = requests
        self._ids = ids

    def erase(self, user_id: str, *, limit: int) -> int:
        return self._requests.forget(user_id, nobody_id=self._ids.new(), limit=limit)

    def count(self, user_id: str) -> int:
        return self._requests.count_of(user_id)


class FriendshipEraser:
    """Leaves every diary, so that it closes for the friend as well."""

    name = "friendships"

    def __init__(self, friendships: FriendshipRepository, clock: Clock) -> None:
        self._friendships = friendships
        self._clock = clock

    def erase(self, user_id: str, *, limit: int) -> int:
        friendships = self._friendships.entries(user_id, limit=limit, after=None)
        for friendship in friendships:
            self._friendships.part(friendship, at=self._clock.now())
        return len(friendships)

    def count(self, user_id: str) -> int:
        return self._friendships.count_of(user_id)


class SecretEntryEraser:
    """Likes and comments of the entries follow from the stream, as when one is deleted."""

    name = "secret_entries"

    def __init__(self, entries: SecretEntryRepository) -> None:
        self._entries = entries

    def erase(self, user_id: str, *, limit: int) -> int:
        return self._entries.forget_own(user_id, limit=limit)

    def count(self, user_id: str) -> int:
        return self._entries.count_own(user_id)


class SecretDiaryEraser:
    """Closed diaries stay, without the person, for the other one's export."""

    name = "secret_diaries"

    def __init__(self, diaries: SecretDiaryRepository) -> None:
        self._diaries = diaries

    def erase(self, user_id: str, *, limit: int) -> int:
        return self._diaries.forget_member(user_id, limit=limit)

    def count(self, user_id: str) -> int:
        return self._diaries.count_of(user_id)
