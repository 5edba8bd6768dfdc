"""Friend requests and friendships in memory, with the behaviour that the contract tests demand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from threading import RLock

from msgspec.structs import replace

from deepstory.blocks.entities import Block
from deepstory.friends.entities import (
    Box,
    FriendRequest,
    Friendship,
    Membership,
    Slot,
)
from deepstory.friends.errors import AlreadyAskedError
from deepstory.idempotency import DuplicateRequestError, IdempotencyRecord
from deepstory.secret_diaries.entities import SecretDiary
from fakes.blocks import MemoryBlockRepository
from fakes.core import MemoryIdempotencyRepository


class MemoryFriends:
    """What requests, friendships and diaries share: one lock makes a transaction."""

    def __init__(
        self,
        blocks: MemoryBlockRepository | None = None,
        idempotency: MemoryIdempotencyRepository | None = None,
    ) -> None:
        self.lock = RLock()
        self.blocks = blocks or MemoryBlockRepository()
        self.idempotency = idempotency or MemoryIdempotencyRepository()
        self.requests: dict[str, FriendRequest] = {}
        self.slots: dict[tuple[str, str], Slot] = {}
        self.edges: dict[tuple[str, str], Friendship] = {}
        self.diaries: dict[str, SecretDiary] = {}

    def slot(self, recipient_id: str, asker_id: str) -> Slot:
        empty = Slot(recipient_id=recipient_id, asker_id=asker_id)
        return self.slots.get((recipient_id, asker_id), empty)

    def is_pending(self, request: FriendRequest) -> bool:
        """Tell whether the request waits for the answer of the same person."""
        stored = self.requests.get(request.request_id)
        return (
            stored is not None and stored.is_pending and stored.recipient_id == request.recipient_id
        )

    def fills(self, request: FriendRequest) -> bool:
        slot = self.slot(request.recipient_id, request.asker_id)
        return self.is_pending(request) and slot.request_id == request.request_id

    def reach_nobody(self, request: FriendRequest, nobody_id: str) -> None:
        self.slots.pop((request.recipient_id, request.asker_id), None)
        self.requests[request.request_id] = replace(
            self.requests[request.request_id], recipient_id=nobody_id, delivered=False
        )

    def settled_by(self, recipient_id: str, asker_id: str, request: FriendRequest | None) -> bool:
        """Tell whether this is the request of the asker that is before the recipient, if any."""
        if request is None:
            return self.slot(recipient_id, asker_id).request_id is None
        return self.fills(request)


class MemoryFriendRequestRepository:
    def __init__(self, friends: MemoryFriends) -> None:
        self._friends = friends

    def add(self, request: FriendRequest, record: IdempotencyRecord | None = None) -> bool:
        friends = self._friends
        with friends.lock:
            if record and record.key in friends.idempotency.records:
                raise DuplicateRequestError
            if request.request_id in friends.requests:
                return True
            if any(
                each.is_pending
                and (each.asker_id, each.target) == (request.asker_id, request.target)
                for each in friends.requests.values()
            ):
                raise AlreadyAskedError
            slot = friends.slot(request.recipient_id, request.asker_id)
            if slot.request_id or (request.asker_id, request.recipient_id) in friends.edges:
                return False
            if record:
                friends.idempotency.records[record.key] = record
            friends.requests[request.request_id] = request
            friends.slots[request.recipient_id, request.asker_id] = replace(
                slot, request_id=request.request_id, quiet_until=0
            )
            return True

    def get(self, request_id: str) -> FriendRequest | None:
        return self._friends.requests.get(request_id)

    def get_many(self, request_ids: Iterable[str]) -> dict[str, FriendRequest]:
        requests = self._friends.requests
        return {each: requests[each] for each in request_ids if each in requests}

    def slot(self, *, recipient_id: str, asker_id: str) -> Slot:
        return self._friends.slot(recipient_id, asker_id)

    def entries(self, user_id: str, box: Box, *, limit: int, after: str | None) -> Sequence[str]:
        person = "asker_id" if box == "outgoing" else "recipient_id"
        ids = sorted(
            (
                each.request_id
                for each in self._friends.requests.values()
                if getattr(each, person) == user_id
            ),
            reverse=True,
        )
        return [each for each in ids if after is None or each < after][:limit]

    def cancel(self, request: FriendRequest) -> bool:
        with self._friends.lock:
            if not self._friends.is_pending(request):
                return False
            del self._friends.requests[request.request_id]
            self._friends.slots.pop((request.recipient_id, request.asker_id), None)
            return True

    def decline(self, request: FriendRequest, *, nobody_id: str, quiet_until: datetime) -> bool:
        with self._friends.lock:
            if not self._friends.fills(request):
                return False
            place = (request.recipient_id, request.asker_id)
            self._friends.reach_nobody(request, nobody_id)
            self._friends.slots[place] = Slot(
                recipient_id=request.recipient_id,
                asker_id=request.asker_id,
                quiet_until=int(quiet_until.timestamp()),
            )
            return True

    def forget(self, user_id: str, *, nobody_id: str, limit: int) -> int:
        with self._friends.lock:
            own = [each for each in self._friends.requests.values() if each.asker_id == user_id]
            to_them = [
                each for each in self._friends.requests.values() if each.recipient_id == user_id
            ]
            named = self._naming(user_id)
            slots = [place for place in self._friends.slots if user_id in place]
            steps: list[FriendRequest | tuple[str, str]] = [*own, *named, *to_them, *slots]
            steps = steps[:limit]
            for step in steps:
                if isinstance(step, tuple):
                    self._friends.slots.pop(step, None)
                elif step.request_id not in self._friends.requests:
                    continue
                elif user_id in (step.asker_id, step.user_id) or not step.is_pending:
                    del self._friends.requests[step.request_id]
                    self._friends.slots.pop((step.recipient_id, step.asker_id), None)
                else:
                    self._friends.reach_nobody(step, nobody_id)
            return len(steps)

    def count_of(self, user_id: str) -> int:
        requests = [
            each
            for each in self._friends.requests.values()
            if user_id in (each.asker_id, each.recipient_id)
        ]
        # What keeps somebody from asking the same again is counted with the asker's request.
        asked = [each for each in requests if each.asker_id == user_id and each.is_pending]
        slots = [place for place in self._friends.slots if user_id in place]
        # What names somebody by the id is in an index of its own, with what keeps it from others.
        named = self._naming(user_id)
        pending = [each for each in named if each.is_pending]
        return len(requests) + len(asked) + len(slots) + len(named) + len(pending)

    def _naming(self, user_id: str) -> list[FriendRequest]:
        return [each for each in self._friends.requests.values() if each.user_id == user_id]


class MemoryFriendshipRepository:
    def __init__(self, friends: MemoryFriends) -> None:
        self._friends = friends

    def get(self, user_id: str, friend_id: str) -> Friendship | None:
        return self._friends.edges.get((user_id, friend_id))

    def entries(self, user_id: str, *, limit: int, after: str | None) -> Sequence[Friendship]:
        keys = sorted(key for key in self._friends.edges if key[0] == user_id)
        return [self._friends.edges[key] for key in keys if after is None or key[1] > after][:limit]

    def count_of(self, user_id: str) -> int:
        return len([key for key in self._friends.edges if key[0] == user_id])

    def accept(
        self,
        request: FriendRequest,
        diary: SecretDiary,
        *,
        counter_request: FriendRequest | None,
        nobody_id: str,
    ) -> bool:
        friends, asker_id, recipient_id = self._friends, request.asker_id, request.recipient_id
        with friends.lock:
            if (
                not friends.fills(request)
                or (asker_id, recipient_id) in friends.edges
                or friends.blocks.apart_from(asker_id, [recipient_id])
                or not friends.settled_by(asker_id, recipient_id, counter_request)
            ):
                return False
            if counter_request:
                friends.reach_nobody(counter_request, nobody_id)
            friends.slots.pop((recipient_id, asker_id), None)
            friends.requests[request.request_id] = replace(
                friends.requests[request.request_id], diary_id=diary.diary_id
            )
            for one, other, target in (
                (asker_id, recipient_id, request.target),
                (recipient_id, asker_id, None),
            ):
                friends.edges[one, other] = Friendship(
                    user_id=one,
                    friend_id=other,
                    diary_id=diary.diary_id,
                    since=diary.since,
                    asked_as=target,
                )
            friends.diaries[diary.diary_id] = diary
            return True

    def part(self, membership: Membership, *, at: datetime, block: Block | None = None) -> bool:
        friends = self._friends
        with friends.lock:
            edge = friends.edges.get((membership.user_id, membership.friend_id))
            if edge is None or edge.diary_id != membership.diary_id:
                return False
            if block and not friends.blocks.add(block):
                return False
            for each in (membership, membership.mirrored):
                del friends.edges[each.user_id, each.friend_id]
            diary = friends.diaries[membership.diary_id]
            friends.diaries[membership.diary_id] = replace(diary, closed_at=at)
            return True

    def block(self, block: Block, *, requests: Sequence[FriendRequest], nobody_id: str) -> bool:
        friends, by_asker = self._friends, {each.asker_id: each for each in requests}
        people = (block.user_id, block.blocked_id)
        with friends.lock:
            if people in friends.edges or not all(
                friends.settled_by(one, other, by_asker.get(other))
                for one, other in (people, people[::-1])
            ):
                return False
            if not friends.blocks.add(block):
                return False
            for request in requests:
                friends.reach_nobody(request, nobody_id)
            return True
