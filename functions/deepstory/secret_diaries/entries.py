"""Use cases of writing and reading secret entries."""

from __future__ import annotations

import msgspec
from msgspec import UNSET

from deepstory.clock import Clock
from deepstory.errors import NotFoundError
from deepstory.idempotency import Claim
from deepstory.ids import IdFactory
from deepstory.pages import filled_page
from deepstory.paging import Page, Position
from deepstory.posts.checks import EntryChecks
from deepstory.posts.entities import EntryChanges, EntryDraft
from deepstory.posts.repository import Pictures
from deepstory.secret_diaries.entities import SecretEntry, SecretEntryDetails
from deepstory.secret_diaries.reader import SecretReader
from deepstory.secret_diaries.repository import People, SecretEntryRepository


class SecretEntryService:
    def __init__(
        self,
        *,
        entries: SecretEntryRepository,
        reader: SecretReader,
        people: People,
        pictures: Pictures,
        clock: Clock,
        ids: IdFactory,
    ) -> None:
        self._entries = entries
        self._reader = reader
        self._people = people
        self._checks = EntryChecks(pictures=pictures, clock=clock)
        self._clock = clock
        self._ids = ids

    def write(
        self,
        *,
        diary_id: str,
        author_id: str,
        draft: EntryDraft,
        claim: Claim[SecretEntry] | None = None,
    ) -> SecretEntryDetails:
        """Write an entry for the friend to read.

        Raises
        ------
        NotFoundError : it is no open diary of the author's.
        InvalidDiaryDateError, UnusablePictureError : as in writing a post.
        DuplicateRequestError : the claim's request was carried out before.
        """
        _, membership = self._reader.open_diary(diary_id=diary_id, user_id=author_id)
        author = self._people.me(user_id=author_id)
        now = self._clock.now()
        self._checks.usable_picture(draft.picture_id, owner_id=author_id)
        diary_date = self._checks.diary_date(draft.diary_date, author=author)
        entry = SecretEntry(
            **msgspec.structs.asdict(draft) | {"diary_date": diary_date},
            diary_id=diary_id,
            entry_id=self._ids.new(),
            author_id=author_id,
            like_count=0,
            created_at=now,
            updated_at=now,
        )
        self._entries.add(entry, membership, claim.record(entry) if claim else None)
        return self._described(entry, author_id)

    def read(self, *, diary_id: str, entry_id: str, user_id: str) -> SecretEntryDetails:
        """Raise NotFoundError unless the user may read the diary and the entry is there."""
        entry, _ = self._reader.entry(diary_id=diary_id, entry_id=entry_id, user_id=user_id)
        return self._described(entry, user_id)

    def list_of(
        self, *, diary_id: str, user_id: str, limit: int, position: Position | None = None
    ) -> Page[SecretEntryDetails]:
        """List the entries of both, newest first.

        Raises NotFoundError unless it is an open diary of the user's.
        """
        self._reader.open_diary(diary_id=diary_id, user_id=user_id)
        items, last = filled_page(
            lambda after, size: self._entries.entries(diary_id, limit=size, after=after),
            lambda entries: entries,
            key=lambda entry: entry.entry_id,
            limit=limit,
            after=position["entry_id"] if position else None,
        )
        shown = self._reader.describe(items, viewer_id=user_id)
        return Page(items=shown, next={"entry_id": last} if last else None)

    def edit(
        self, *, diary_id: str, entry_id: str, author_id: str, changes: EntryChanges
    ) -> SecretEntryDetails:
        """Change what is given in one's own entry and keep the rest.

        Raises
        ------
        NotFoundError : the author has no such entry in an open diary.
        InvalidDiaryDateError, UnusablePictureError : as in writing.
        """
        entry, membership = self._reader.entry(
            diary_id=diary_id, entry_id=entry_id, user_id=author_id
        )
        if entry.author_id != author_id:
            raise NotFoundError
        if changes.diary_date is not UNSET:
            author = self._people.me(user_id=author_id)
            self._checks.diary_date(changes.diary_date, author=author)
        if changes.picture_id is not UNSET:
            self._checks.usable_picture(changes.picture_id, owner_id=author_id)
        changed: SecretEntry | None = entry
        if changes.given():
            now = self._clock.now()
            changed = self._entries.change(entry, membership, changes=changes, now=now)
        if changed is None:
            raise NotFoundError
        return self._described(changed, author_id)

    def delete(self, *, diary_id: str, entry_id: str, author_id: str) -> None:
        """Raise NotFoundError unless the author has such an entry in an open diary."""
        entry, membership = self._reader.entry(
            diary_id=diary_id, entry_id=entry_id, user_id=author_id
        )
        if not self._entries.remove(entry, membership):
            raise NotFoundError

    def _described(self, entry: SecretEntry, viewer_id: str) -> SecretEntryDetails:
        return self._reader.describe([entry], viewer_id=viewer_id)[0]
