"""Use cases of having secret diaries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from deepstory.clock import Clock
from deepstory.errors import NotFoundError
from deepstory.friends.entities import Friendship, Membership
from deepstory.pages import filled_page
from deepstory.paging import Page, Position
from deepstory.secret_diaries.entities import Receipt, SecretDiary, ShownDiary
from deepstory.secret_diaries.reader import SecretReader
from deepstory.secret_diaries.repository import SecretDiaryRepository, SecretEntryRepository


class Friendships(Protocol):
    def entries(self, user_id: str, *, limit: int, after: str | None) -> Sequence[Friendship]: ...


class Parting(Protocol):
    def leave(self, *, membership: Membership, at: datetime) -> bool:
        """End the friendship and close its diary; False if that had happened."""


class SecretDiaryService:
    def __init__(
        self,
        *,
        diaries: SecretDiaryRepository,
        entries: SecretEntryRepository,
        friendships: Friendships,
        parting: Parting,
        reader: SecretReader,
        clock: Clock,
    ) -> None:
        self._diaries = diaries
        self._entries = entries
        self._friendships = friendships
        self._parting = parting
        self._reader = reader
        self._clock = clock

    def list_of(
        self, *, user_id: str, limit: int, position: Position | None = None
    ) -> Page[ShownDiary]:
        """List somebody's open diaries, in the order in which their friends signed up."""
        items, last = filled_page(
            lambda after, size: self._friendships.entries(user_id, limit=size, after=after),
            self._shown,
            key=lambda friendship: friendship.friend_id,
            limit=limit,
            after=position["friend_id"] if position else None,
        )
        return Page(items=items, next={"friend_id": last} if last else None)

    def read(self, *, diary_id: str, user_id: str) -> ShownDiary:
        """Raise NotFoundError unless it is an open diary of the user's."""
        diary, membership = self._reader.open_diary(diary_id=diary_id, user_id=user_id)
        return self._as_shown(diary, membership)

    def rename(self, *, diary_id: str, user_id: str, name: str | None) -> ShownDiary:
        """Give the diary another name, for both; either of the two may, and None keeps it.

        Raises NotFoundError unless it is an open diary of the user's.
        """
        diary, membership = self._reader.open_diary(diary_id=diary_id, user_id=user_id)
        if name is None:
            return self._as_shown(diary, membership)
        if not self._diaries.rename(membership, name):
            raise NotFoundError
        return self.read(diary_id=diary_id, user_id=user_id)

    def leave(self, *, diary_id: str, user_id: str) -> Receipt:
        """End the friendship: the diary closes for both at once, for good.

        Nobody reads it any more. Each keeps the own entries in the export of the own account.
        Raises NotFoundError unless it is an open diary of the user's.
        """
        diary, membership = self._reader.open_diary(diary_id=diary_id, user_id=user_id)
        now = self._clock.now()
        if not self._parting.leave(membership=membership, at=now):
            raise NotFoundError
        return Receipt(
            shown=self._as_shown(diary, membership),
            closed_at=now,
            own_entries=self._entries.count_own(user_id, diary_id),
        )

    def _shown(self, friendships: Sequence[Friendship]) -> list[ShownDiary | None]:
        diaries = self._diaries.get_many([each.diary_id for each in friendships])
        names = self._reader.names_of({each.friend_id for each in friendships})
        return [
            ShownDiary(
                diary=diaries[each.diary_id],
                friend_id=each.friend_id,
                friend_name=names[each.friend_id],
            )
            # One that was closed since its friendship was read.
            if each.diary_id in diaries and diaries[each.diary_id].closed_at is None
            else None
            for each in friendships
        ]

    def _as_shown(self, diary: SecretDiary, membership: Membership) -> ShownDiary:
        friend_id = membership.friend_id
        name = self._reader.names_of({friend_id})[friend_id]
        return ShownDiary(diary=diary, friend_id=friend_id, friend_name=name)
