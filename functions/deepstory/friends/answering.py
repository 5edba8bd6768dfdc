"""Use cases of answering a request to be a secret friend."""

from __future__ import annotations

from deepstory.blocks.repository import Blocks
from deepstory.clock import Clock
from deepstory.errors import NotFoundError, UnavailableError
from deepstory.friends.entities import QUIET_FOR, FriendRequest, Friendship
from deepstory.friends.errors import AlreadyFriendsError
from deepstory.friends.repository import (
    Diaries,
    FriendRequestRepository,
    FriendshipRepository,
    People,
)
from deepstory.ids import IdFactory
from deepstory.secret_diaries.entities import SecretDiary, ShownDiary

# Losing a race means that the same two asked, answered or parted meanwhile.
_ATTEMPTS = 5


class FriendAnswers:
    def __init__(
        self,
        *,
        requests: FriendRequestRepository,
        friendships: FriendshipRepository,
        diaries: Diaries,
        people: People,
        blocks: Blocks,
        clock: Clock,
        ids: IdFactory,
    ) -> None:
        self._requests = requests
        self._friendships = friendships
        self._diaries = diaries
        self._people = people
        self._blocks = blocks
        self._clock = clock
        self._ids = ids

    def accept(self, *, request_id: str, user_id: str) -> ShownDiary:
        """Become secret friends, and open the diary; again is the same as once.

        Raises
        ------
        NotFoundError : there is no such request to the user, or its asker is out of reach.
        AlreadyFriendsError : the two are friends by another request.
        """
        for _ in range(_ATTEMPTS):
            request = self._request_to(user_id, request_id)
            asker_name = self._reachable(request, user_id)
            friendship = self._friendships.get(user_id, request.asker_id)
            if friendship:
                diary = self._opened_by(request, friendship)
            elif request.is_pending:
                diary = self._new_diary(request)
            else:
                raise NotFoundError
            if friendship or self._accepted(request, diary):
                return ShownDiary(diary=diary, friend_id=request.asker_id, friend_name=asker_name)
        raise UnavailableError(retry_after=1)

    def decline(self, *, request_id: str, user_id: str) -> None:
        """Send a request away; its asker is told nothing and goes on seeing it.

        What the same person asks within the next 30 days does not arrive. Raises NotFoundError
        unless there is such a pending request to the user.
        """
        for _ in range(_ATTEMPTS):
            request = self._request_to(user_id, request_id)
            if not request.is_pending:
                raise NotFoundError
            quiet_until = self._clock.now() + QUIET_FOR
            nobody_id = self._ids.new()
            if self._requests.decline(request, nobody_id=nobody_id, quiet_until=quiet_until):
                return
        raise UnavailableError(retry_after=1)

    def _request_to(self, user_id: str, request_id: str) -> FriendRequest:
        request = self._requests.get(request_id)
        if request is None or request.recipient_id != user_id:
            raise NotFoundError
        return request

    def _reachable(self, request: FriendRequest, user_id: str) -> str:
        """Return the asker's name; raise NotFoundError if they are gone, suspended or apart."""
        asker_id = request.asker_id
        if self._blocks.apart_from(user_id, [asker_id]):
            raise NotFoundError
        names = self._people.names_of(user_ids=[asker_id])
        if asker_id not in names:
            raise NotFoundError
        return names[asker_id]

    def _opened_by(self, request: FriendRequest, friendship: Friendship) -> SecretDiary:
        """Return the diary that a request opened before."""
        if friendship.diary_id != request.diary_id:
            raise AlreadyFriendsError
        diary = self._diaries.get(friendship.diary_id)
        if diary is None:
            raise NotFoundError
        return diary

    def _new_diary(self, request: FriendRequest) -> SecretDiary:
        return SecretDiary(
            diary_id=self._ids.new(),
            name=request.diary_name,
            asker_id=request.asker_id,
            friend_id=request.recipient_id,
            since=self._clock.now(),
        )

    def _accepted(self, request: FriendRequest, diary: SecretDiary) -> bool:
        """Write the friendship; False if something changed, perhaps by an earlier try."""
        # The recipient may have asked the asker as well: only one of the two requests counts.
        slot = self._requests.slot(recipient_id=request.asker_id, asker_id=request.recipient_id)
        counter_request = self._requests.get(slot.request_id) if slot.request_id else None
        return self._friendships.accept(
            request, diary, counter_request=counter_request, nobody_id=self._ids.new()
        )
