"""What somebody keeps of secret diaries: the own entries, also of diaries that were closed."""

from __future__ import annotations

from deepstory.paging import Page, Position
from deepstory.secret_diaries.entities import OwnEntry
from deepstory.secret_diaries.repository import SecretDiaryRepository, SecretEntryRepository


class OwnSecretEntries:
    """For the export of an account, and for nothing that others see."""

    def __init__(self, *, diaries: SecretDiaryRepository, entries: SecretEntryRepository) -> None:
        self._diaries = diaries
        self._entries = entries

    def list_of(
        self, *, author_id: str, limit: int, position: Position | None = None
    ) -> Page[OwnEntry]:
        """List somebody's entries in all diaries, diary by diary, the oldest first.

        A page may be short while more follows, because entries may be deleted meanwhile.
        """
        keys = self._entries.own(
            author_id, limit=limit, after=position["key"] if position else None
        )
        found = self._entries.get_own(keys)
        entries = [found[key] for key in keys if key in found]
        diaries = self._diaries.get_many({entry.diary_id for entry in entries})
        names = {diary_id: diary.name for diary_id, diary in diaries.items()}
        return Page(
            items=[
                OwnEntry(entry=entry, diary_name=names.get(entry.diary_id, "")) for entry in entries
            ],
            next={"key": keys[-1]} if len(keys) == limit else None,
        )
