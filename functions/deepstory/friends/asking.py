"""Use cases of asking somebody to be a secret friend."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from deepstory.blocks.repository import Blocks
from deepstory.clock import Clock
from deepstory.errors import NotFoundError, UnavailableError
from deepstory.friends.entities import (
    Box,
    FriendRequest,
    ShownRequest,
    by_email,
    by_id,
)
from deepstory.friends.errors import (
    AlreadyAskedError,
    AlreadyFriendsError,
    CannotAskYourselfError,
    TooManyFriendRequestsError,
)
from deepstory.friends.repository import (
    Addresses,
    FriendRequestRepository,
    FriendshipRepository,
    People,
)
from deepstory.idempotency import Claim, DuplicateRequestError
from deepstory.ids import IdFactory, id_of
from deepstory.limits import Limit, LimitRepository, window
from deepstory.pages import filled_page
from deepstory.paging import Page, Position

PER_DAY = 50
PER_TARGET = 3
TARGET_WINDOW = timedelta(days=30)
# Losing a race means that the same two asked, answered or parted meanwhile.
_ATTEMPTS = 5


class FriendRequestService:
    """An address tells nothing: whether anybody has it, who it is, and what they answered.

    Everything that is asked by an address takes the same calls and gives the same answer. What is
    not to arrive (nobody has the address, a block, a recent decline, another request of the same
    person, a friend whose address the asker never named) is a request to nobody: it is listed and
    can be cancelled like any other.
    """

    def __init__(
        self,
        *,
        requests: FriendRequestRepository,
        friendships: FriendshipRepository,
        people: People,
        addresses: Addresses,
        blocks: Blocks,
        limits: LimitRepository,
        clock: Clock,
        ids: IdFactory,
    ) -> None:
        self._requests = requests
        self._friendships = friendships
        self._people = people
        self._addresses = addresses
        self._blocks = blocks
        self._limits = limits
        self._clock = clock
        self._ids = ids

    def ask_by_email(
        self,
        *,
        asker_id: str,
        email: str,
        diary_name: str,
        claim: Claim[FriendRequest] | None = None,
    ) -> ShownRequest:
        """Ask whoever has a normalised address, perhaps nobody.

        Raises
        ------
        CannotAskYourselfError
        AlreadyFriendsError : with somebody whom the asker asked by this very address.
        AlreadyAskedError : the asker's request to this address is pending, or looks so.
        TooManyFriendRequestsError
        DuplicateRequestError : the claim's request was carried out before.
        """
        if email == self._people.me(user_id=asker_id).email:
            raise CannotAskYourselfError
        found = self._addresses.find_by_email(email)
        person_id = found.user_id if found else None
        return self._ask(asker_id, by_email(email), person_id, diary_name, claim)

    def ask_person(
        self,
        *,
        asker_id: str,
        user_id: str,
        diary_name: str,
        claim: Claim[FriendRequest] | None = None,
    ) -> ShownRequest:
        """Ask somebody whose profile the asker may see; raise NotFoundError if it is nobody's.

        Raises what ``ask_by_email`` does.
        """
        if user_id == asker_id:
            raise CannotAskYourselfError
        if self._blocks.apart_from(asker_id, [user_id]):
            raise NotFoundError
        if not self._people.names_of(user_ids=[user_id]):
            raise NotFoundError
        return self._ask(asker_id, by_id(user_id), user_id, diary_name, claim)

    def read(self, *, request_id: str, asker_id: str) -> ShownRequest:
        """Return a request that somebody made; raise NotFoundError for every other."""
        request = self._requests.get(request_id)
        if request is None or request.asker_id != asker_id:
            raise NotFoundError
        return self._outgoing([request], asker_id)[0]

    def list_of(
        self, *, user_id: str, box: Box, limit: int, position: Position | None = None
    ) -> Page[ShownRequest]:
        """List the pending requests to or by somebody, newest first."""
        items, last = filled_page(
            lambda after, size: self._requests.entries(user_id, box, limit=size, after=after),
            lambda ids: self._shown(ids, user_id, box),
            key=lambda request_id: request_id,
            limit=limit,
            after=position["request_id"] if position else None,
        )
        return Page(items=items, next={"request_id": last} if last else None)

    def cancel(self, *, request_id: str, asker_id: str) -> None:
        """Take a request back; raise NotFoundError unless the asker has such a pending one."""
        for _ in range(_ATTEMPTS):
            request = self._requests.get(request_id)
            if request is None or request.asker_id != asker_id or not request.is_pending:
                raise NotFoundError
            if self._requests.cancel(request):
                return
        raise UnavailableError(retry_after=1)

    def _ask(
        self,
        asker_id: str,
        target: str,
        person_id: str | None,
        diary_name: str,
        claim: Claim[FriendRequest] | None,
    ) -> ShownRequest:
        now = self._clock.now()
        limits = self._take(asker_id, target, now)
        try:
            for _ in range(_ATTEMPTS):
                recipient_id = self._recipient(asker_id, target, person_id, now)
                request = FriendRequest(
                    request_id=self._ids.new(),
                    asker_id=asker_id,
                    target=target,
                    recipient_id=recipient_id or self._ids.new(),
                    delivered=recipient_id is not None,
                    diary_name=diary_name,
                    created_at=now,
                )
                if self._requests.add(request, claim.record(request) if claim else None):
                    return self._outgoing([request], asker_id)[0]
            raise UnavailableError(retry_after=1)
        except (AlreadyFriendsError, AlreadyAskedError, DuplicateRequestError, UnavailableError):
            for limit in limits:
                self._limits.give_back(limit)
            raise

    def _recipient(
        self, asker_id: str, target: str, person_id: str | None, now: datetime
    ) -> str | None:
        """Return whom the request is to reach; None for nobody. Always as many reads."""
        asked_id = person_id or self._ids.new()
        apart = self._blocks.apart_from(asker_id, [asked_id])
        friendship = self._friendships.get(asker_id, asked_id)
        slot = self._requests.slot(recipient_id=asked_id, asker_id=asker_id)
        if friendship and target in (friendship.asked_as, by_id(asked_id)):
            raise AlreadyFriendsError
        return person_id if not (friendship or apart) and slot.is_open(now) else None

    def _take(self, asker_id: str, target: str, now: datetime) -> list[Limit]:
        """Count the request; raise TooManyFriendRequestsError if there were too many."""
        # The digest keeps addresses out of the table of limits.
        names = {
            f"friend_requests#{asker_id}": (PER_DAY, timedelta(days=1)),
            f"friend_requests#{asker_id}#{id_of(target)}": (PER_TARGET, TARGET_WINDOW),
        }
        taken: list[Limit] = []
        for name, (maximum, length) in names.items():
            limit = window(name, maximum=maximum, length=length, now=now, owner_id=asker_id)
            if not self._limits.take(limit):
                for each in taken:
                    self._limits.give_back(each)
                raise TooManyFriendRequestsError(retry_after=limit.seconds_left(now))
            taken.append(limit)
        return taken

    def _shown(self, ids: Sequence[str], user_id: str, box: Box) -> list[ShownRequest | None]:
        read = self._requests.get_many(ids)
        pending = [each for each in (read.get(key) for key in ids) if each and each.is_pending]
        show = self._outgoing if box == "outgoing" else self._incoming
        shown = {each.request.request_id: each for each in show(pending, user_id)}
        return [shown.get(key) for key in ids]

    def _outgoing(self, requests: Sequence[FriendRequest], user_id: str) -> list[ShownRequest]:
        """Show own requests: as they were asked, whatever became of them."""
        people = {user_id, *(each.user_id for each in requests if each.user_id)}
        names = self._people.names_of(user_ids=people, suspended=True)
        return [
            ShownRequest(
                request=request,
                box="outgoing",
                asker_name=names.get(user_id, ""),
                user_name=names.get(request.user_id or ""),
            )
            for request in requests
        ]

    def _incoming(self, requests: Sequence[FriendRequest], user_id: str) -> list[ShownRequest]:
        """Show requests of others, but of those who are gone, suspended or kept apart."""
        askers = {each.asker_id for each in requests if each.recipient_id == user_id}
        askers -= self._blocks.apart_from(user_id, askers)
        names = self._people.names_of(user_ids=askers)
        return [
            ShownRequest(request=request, box="incoming", asker_name=names[request.asker_id])
            for request in requests
            if request.recipient_id == user_id and request.asker_id in names
        ]
