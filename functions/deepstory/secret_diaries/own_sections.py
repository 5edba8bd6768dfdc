"""What an export has of secret friends: own entries, also of closed diaries, and who they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from deepstory.accounts.entities import User
from deepstory.clock import to_rfc3339
from deepstory.exports.sections import Section
from deepstory.friends.entities import Friendship
from deepstory.paging import Page, Position
from deepstory.secret_diaries.entities import OwnEntry
from deepstory.secret_diaries.repository import SecretDiaryRepository

_PAGE = 100


class OwnEntries(Protocol):
    def list_of(
        self, *, author_id: str, limit: int, position: Position | None = None
    ) -> Page[OwnEntry]: ...


class Friendships(Protocol):
    def entries(self, user_id: str, *, limit: int, after: str | None) -> Sequence[Friendship]: ...


class People(Protocol):
    def get(self, user_id: str) -> User | None: ...


def secret_entry_section(own: OwnEntries) -> Section:
    """What the friend wrote is the friend's, and stands in no export but theirs."""

    def records(user_id: str) -> Iterator[dict[str, Any]]:
        position: Position | None = None
        while True:
            page = own.list_of(author_id=user_id, limit=_PAGE, position=position)
            yield from map(_entry, page.items)
            if page.next is None:
                return
            position = page.next

    return Section("secret_entries", records)


def friend_section(
    friendships: Friendships, diaries: SecretDiaryRepository, people: People
) -> Section:
    def records(user_id: str) -> Iterator[dict[str, Any]]:
        after: str | None = None
        while True:
            found = friendships.entries(user_id, limit=_PAGE, after=after)
            kept = diaries.get_many(each.diary_id for each in found)
            for each in found:
                friend, diary = people.get(each.friend_id), kept.get(each.diary_id)
                yield {
                    "user_id": each.friend_id,
                    "name": friend.name if friend else None,
                    "diary_id": each.diary_id,
                    "diary_name": diary.name if diary else None,
                    "since": to_rfc3339(each.since),
                }
            if len(found) < _PAGE:
                return
            after = found[-1].friend_id

    return Section("friends", records)


def _entry(own: OwnEntry) -> dict[str, Any]:
    entry = own.entry
    return {
        "diary_id": entry.diary_id,
        "diary_name": own.diary_name,
        "id": entry.entry_id,
        "title": entry.title,
        "text": entry.text,
        "diary_date": entry.diary_date,
        "weather": entry.weather,
        "mood": entry.mood,
        "tags": entry.tags,
        "sensitive": entry.sensitive,
        "picture_id": entry.picture_id,
        "like_count": entry.like_count,
        "comment_count": entry.comment_count,
        "created_at": to_rfc3339(entry.created_at),
        "updated_at": to_rfc3339(entry.updated_at),
    }
