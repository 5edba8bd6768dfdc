"""Secret diaries, their entries, and the keys of entries in other tables."""

from __future__ import annotations

from datetime import datetime

import msgspec

from deepstory.posts.entities import Entry, EntryDetails

_ENTRY = "entry#"


class SecretDiary(msgspec.Struct, frozen=True, kw_only=True):
    """The diary of two; once it is closed nobody reads it any more.

    A person whose account is deleted is no member of what is kept for the other.
    """

    diary_id: str
    name: str
    asker_id: str | None
    friend_id: str | None
    since: datetime
    closed_at: datetime | None = None

    @property
    def members(self) -> tuple[str | None, str | None]:
        return self.asker_id, self.friend_id

    def other_than(self, user_id: str) -> str | None:
        """Return the other member; None if the diary is closed, or the user is no member."""
        if self.closed_at is not None or user_id not in self.members:
            return None
        return self.friend_id if user_id == self.asker_id else self.asker_id


class SecretEntry(Entry, frozen=True, kw_only=True):
    diary_id: str
    entry_id: str

    @property
    def key(self) -> str:
        return entry_key(self.diary_id, self.entry_id)


class SecretEntryDetails(EntryDetails, frozen=True, kw_only=True):
    """A secret entry as one of the two sees it."""

    entry: SecretEntry

    @property
    def like_count(self) -> int:
        return self.likes_of(self.entry)


class ShownDiary(msgspec.Struct, frozen=True, kw_only=True):
    """A diary as one of the two sees it."""

    diary: SecretDiary
    friend_id: str
    friend_name: str


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What closed, and how many own entries remain in the export of one's account."""

    shown: ShownDiary
    closed_at: datetime
    own_entries: int


class OwnEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry in the export of its author's account, also after the diary was closed."""

    entry: SecretEntry
    diary_name: str


def entry_key(diary_id: str, entry_id: str) -> str:
    """Return the key under which likes and comments of an entry lie; no post's looks like it."""
    return f"{_ENTRY}{diary_id}#{entry_id}"


def entry_of(key: str) -> tuple[str, str] | None:
    """Return the diary and the entry of a key; None if it is something else's."""
    if not key.startswith(_ENTRY):
        return None
    diary_id, _, entry_id = key.removeprefix(_ENTRY).partition("#")
    return diary_id, entry_id
