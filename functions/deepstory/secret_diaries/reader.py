"""Secret diaries as their two members see them; for everybody else there is nothing.

Nobody else comes past ``SecretReader.open_diary``: no administrator, and no former friend.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from deepstory.errors import NotFoundError
from deepstory.friends.entities import Membership
from deepstory.posts.repository import Likes, Pictures
from deepstory.secret_diaries.entities import SecretDiary, SecretEntry, SecretEntryDetails
from deepstory.secret_diaries.repository import (
    People,
    SecretDiaryRepository,
    SecretEntryRepository,
)


class OpenDiary(NamedTuple):
    """A diary that one may read, and what writing into it stands on."""

    diary: SecretDiary
    membership: Membership


class SecretReader:
    def __init__(
        self,
        *,
        diaries: SecretDiaryRepository,
        entries: SecretEntryRepository,
        people: People,
        likes: Likes,
        pictures: Pictures,
    ) -> None:
        self._diaries = diaries
        self._entries = entries
        self._people = people
        self._likes = likes
        self._pictures = pictures

    def open_diary(self, *, diary_id: str, user_id: str) -> OpenDiary:
        """Raise NotFoundError unless the user is one of the two, and the diary is open."""
        diary = self._diaries.get(diary_id)
        friend_id = diary.other_than(user_id) if diary else None
        if diary is None or friend_id is None:
            raise NotFoundError
        return OpenDiary(diary, Membership(user_id=user_id, friend_id=friend_id, diary_id=diary_id))

    def entry(
        self, *, diary_id: str, entry_id: str, user_id: str
    ) -> tuple[SecretEntry, Membership]:
        """Raise NotFoundError unless the user may read the diary and the entry is there."""
        _, membership = self.open_diary(diary_id=diary_id, user_id=user_id)
        entry = self._entries.get(diary_id, entry_id)
        if entry is None:
            raise NotFoundError
        return entry, membership

    def describe(
        self, entries: Sequence[SecretEntry], *, viewer_id: str
    ) -> list[SecretEntryDetails]:
        """Add names, own likes and pictures, which both members may see."""
        names = self.names_of({entry.author_id for entry in entries})
        liked = self._likes.liked_by(viewer_id, [entry.key for entry in entries])
        pictures = self._pictures.get_many(
            {entry.picture_id for entry in entries if entry.picture_id}
        )
        return [
            SecretEntryDetails(
                entry=entry,
                author_name=names[entry.author_id],
                liked=entry.key in liked,
                picture=pictures.get(entry.picture_id or ""),
            )
            for entry in entries
        ]

    def names_of(self, user_ids: set[str]) -> dict[str, str]:
        """Return the names of members by id, also of a suspended one: their diary stays readable.

        Somebody whose account is just being deleted has no name any more.
        """
        names = self._people.names_of(user_ids=user_ids, suspended=True)
        return {user_id: names.get(user_id, "") for user_id in user_ids}
