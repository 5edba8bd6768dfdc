"""Secret diaries in memory, with the behaviour that the contract tests demand of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from msgspec.structs import replace

from deepstory.comments.entities import Comment
from deepstory.counting import FIRST_SEQUENCE
from deepstory.friends.entities import Membership
from deepstory.friends.errors import NoLongerFriendsError
from deepstory.idempotency import DuplicateRequestError, IdempotencyRecord
from deepstory.likes.entities import Like
from deepstory.posts.entities import EntryChanges
from deepstory.secret_diaries.counters import EntryCounter
from deepstory.secret_diaries.entities import SecretDiary, SecretEntry
from fakes.comments import MemoryCommentRepository
from fakes.friends import MemoryFriends
from fakes.likes import MemoryLikeRepository

T = TypeVar("T")


def written(friends: MemoryFriends, membership: Membership, write: Callable[[], T]) -> T:
    """Write if the two are still friends in this diary."""
    with friends.lock:
        edge = friends.edges.get((membership.user_id, membership.friend_id))
        if edge is None or edge.diary_id != membership.diary_id:
            raise NoLongerFriendsError
        return write()


class MemorySecretDiaryRepository:
    def __init__(self, friends: MemoryFriends) -> None:
        self._friends = friends

    def get(self, diary_id: str) -> SecretDiary | None:
        return self._friends.diaries.get(diary_id)

    def get_many(self, diary_ids: Iterable[str]) -> dict[str, SecretDiary]:
        diaries = self._friends.diaries
        return {each: diaries[each] for each in diary_ids if each in diaries}

    def rename(self, membership: Membership, name: str) -> bool:
        def write() -> bool:
            diary = self._friends.diaries[membership.diary_id]
            self._friends.diaries[membership.diary_id] = replace(diary, name=name)
            return True

        return written(self._friends, membership, write)

    def forget_member(self, user_id: str, *, limit: int) -> int:
        with self._friends.lock:
            diaries = self._of(user_id)[:limit]
            for diary in diaries:
                self._forget(diary, user_id)
            return len(diaries)

    def count_of(self, user_id: str) -> int:
        return len(self._of(user_id))

    def _of(self, user_id: str) -> list[SecretDiary]:
        return [each for each in self._friends.diaries.values() if user_id in each.members]

    def _forget(self, diary: SecretDiary, user_id: str) -> None:
        if diary.closed_at is None:
            return
        mine = "asker_id" if diary.asker_id == user_id else "friend_id"
        left = replace(diary, **{mine: None})
        if left.members == (None, None):
            del self._friends.diaries[diary.diary_id]
        else:
            self._friends.diaries[diary.diary_id] = left


class MemorySecretEntryRepository:
    """Also the counters of likes and comments: all write to the same entries."""

    def __init__(self, friends: MemoryFriends) -> None:
        self._friends = friends
        self.stored: dict[str, SecretEntry] = {}
        self.like_counters = MemoryEntryCounterRepository(self, "like_count")
        self.comment_counters = MemoryEntryCounterRepository(self, "comment_count")

    def add(
        self, entry: SecretEntry, membership: Membership, record: IdempotencyRecord | None = None
    ) -> None:
        def write() -> None:
            _note(self._friends, record)
            self.stored.setdefault(entry.key, entry)

        written(self._friends, membership, write)

    def get(self, diary_id: str, entry_id: str) -> SecretEntry | None:
        return next(
            (
                each
                for each in self.stored.values()
                if (each.diary_id, each.entry_id) == (diary_id, entry_id)
            ),
            None,
        )

    def entries(self, diary_id: str, *, limit: int, after: str | None) -> Sequence[SecretEntry]:
        found = sorted(
            (each for each in self.stored.values() if each.diary_id == diary_id),
            key=lambda entry: entry.entry_id,
            reverse=True,
        )
        return [each for each in found if after is None or each.entry_id < after][:limit]

    def change(
        self, entry: SecretEntry, membership: Membership, *, changes: EntryChanges, now: datetime
    ) -> SecretEntry | None:
        def write() -> SecretEntry | None:
            stored = self.stored.get(entry.key)
            if stored is None or stored.author_id != membership.user_id:
                return None
            self.stored[entry.key] = replace(stored, **changes.given(), updated_at=now)
            return self.stored[entry.key]

        return written(self._friends, membership, write)

    def remove(self, entry: SecretEntry, membership: Membership) -> bool:
        def write() -> bool:
            stored = self.stored.get(entry.key)
            if stored is None or stored.author_id != membership.user_id:
                return False
            del self.stored[entry.key]
            return True

        return written(self._friends, membership, write)

    def own(self, author_id: str, *, limit: int, after: str | None) -> Sequence[str]:
        keys = sorted(key for key, each in self.stored.items() if each.author_id == author_id)
        return [key for key in keys if after is None or key > after][:limit]

    def get_own(self, keys: Iterable[str]) -> dict[str, SecretEntry]:
        return {key: self.stored[key] for key in keys if key in self.stored}

    def count_own(self, author_id: str, diary_id: str | None = None) -> int:
        return sum(
            each.author_id == author_id and diary_id in (None, each.diary_id)
            for each in self.stored.values()
        )

    def forget_own(self, author_id: str, *, limit: int) -> int:
        keys = self.own(author_id, limit=limit, after=None)
        for key in keys:
            del self.stored[key]
        return len(keys)


class MemoryEntryCounterRepository:
    def __init__(self, entries: MemorySecretEntryRepository, counted: str) -> None:
        self._entries = entries
        self._counted = counted
        self._sequences: dict[str, int] = {}

    def get(self, counted_id: str) -> EntryCounter | None:
        entry = self._entries.stored.get(counted_id)
        if entry is None:
            return None
        return EntryCounter(
            key=counted_id,
            count=getattr(entry, self._counted),
            last_sequence=self._sequences.get(counted_id, FIRST_SEQUENCE),
        )

    def replace(self, counter: EntryCounter, *, count: int, last_sequence: int) -> bool:
        if self.get(counter.key) is None:
            return False
        if self._sequences.get(counter.key, FIRST_SEQUENCE) != counter.last_sequence:
            return False
        entry = self._entries.stored[counter.key]
        self._entries.stored[counter.key] = replace(entry, **{self._counted: count})
        self._sequences[counter.key] = last_sequence
        return True


class MemorySecretLikes:
    def __init__(self, friends: MemoryFriends, likes: MemoryLikeRepository) -> None:
        self._friends = friends
        self._likes = likes

    def add(self, like: Like, membership: Membership) -> bool:
        return written(self._friends, membership, lambda: self._likes.add(like))

    def remove(self, key: str, membership: Membership) -> bool:
        return written(
            self._friends,
            membership,
            lambda: self._likes.remove(post_id=key, user_id=membership.user_id),
        )


class MemorySecretComments:
    def __init__(self, friends: MemoryFriends, comments: MemoryCommentRepository) -> None:
        self._friends = friends
        self._comments = comments

    def add(
        self, comment: Comment, membership: Membership, record: IdempotencyRecord | None = None
    ) -> None:
        def write() -> None:
            _note(self._friends, record)
            self._comments.add(comment)

        written(self._friends, membership, write)

    def remove(self, comment: Comment, membership: Membership) -> bool:
        return written(self._friends, membership, lambda: self._comments.remove(comment))


class MemorySecretFriends:
    """What telling reads of secret diaries."""

    def __init__(self, friends: MemoryFriends, entries: MemorySecretEntryRepository) -> None:
        self._friends = friends
        self._entries = entries

    def friend_of(self, user_id: str, *, diary_id: str) -> str | None:
        diary = self._friends.diaries.get(diary_id)
        return diary.other_than(user_id) if diary else None

    def author_of(self, *, diary_id: str, entry_id: str) -> str | None:
        entry = self._entries.get(diary_id, entry_id)
        return entry.author_id if entry else None


def _note(friends: MemoryFriends, record: IdempotencyRecord | None) -> None:
    if record:
        if record.key in friends.idempotency.records:
            raise DuplicateRequestError
        friends.idempotency.records[record.key] = record
