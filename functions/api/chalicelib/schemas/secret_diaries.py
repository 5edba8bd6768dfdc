from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import msgspec

from chalicelib.schemas.common import (
    PageView,
    Timestamp,
    View,
    line,
    page_view,
    timestamp,
)
from chalicelib.schemas.posts import AuthorView, EntryView, entry_view_fields
from chalicelib.validation import Cleaner, Input
from deepstory.friends.entities import DIARY_NAME_CHARACTERS
from deepstory.paging import Page
from deepstory.secret_diaries.entities import Receipt, SecretEntryDetails, ShownDiary

# The length is checked by the cleaner, after normalisation.
DiaryName = Annotated[
    str,
    msgspec.Meta(
        examples=["우리 둘의 일기"],
        extra_json_schema={"minLength": 1, "maxLength": DIARY_NAME_CHARACTERS},
    ),
]
clean_diary_name: Cleaner = line(DIARY_NAME_CHARACTERS)


class RenameDiary(Input):
    """What is absent stays."""

    name: DiaryName | None = None

    cleaners: ClassVar[Mapping[str, Cleaner]] = {"name": clean_diary_name}


class DiaryView(View):
    """A secret diary, open to the caller and ``friend`` alone."""

    id: str
    name: str
    friend: AuthorView
    since: Timestamp


class DiaryReceiptView(DiaryView):
    """What was closed: from ``closed_at`` on nobody reads the diary any more.

    ``own_entries`` is how many entries of the caller's remain in the export of the own account;
    the friend keeps theirs likewise. One of the last moments may be missing in the number.
    """

    closed_at: Timestamp
    own_entries: int


class SecretEntryView(EntryView):
    """An entry that nobody reads but the two whose diary it is in.

    ``liked`` tells whether the caller likes it. ``comment_count`` counts what was written in the
    last moments a moment later.
    """

    diary_id: str


def diary_view(shown: ShownDiary) -> DiaryView:
    diary = shown.diary
    return DiaryView(
        id=diary.diary_id,
        name=diary.name,
        friend=AuthorView(id=shown.friend_id, name=shown.friend_name),
        since=timestamp(diary.since),
    )


def diaries_view(page: Page[ShownDiary], scope: str) -> PageView[DiaryView]:
    return page_view(page, [diary_view(shown) for shown in page.items], scope)


def receipt_view(receipt: Receipt) -> DiaryReceiptView:
    return DiaryReceiptView(
        **msgspec.structs.asdict(diary_view(receipt.shown)),
        closed_at=timestamp(receipt.closed_at),
        own_entries=receipt.own_entries,
    )


def secret_entry_view(details: SecretEntryDetails) -> SecretEntryView:
    entry = details.entry
    return SecretEntryView(
        id=entry.entry_id, diary_id=entry.diary_id, **entry_view_fields(entry, details)
    )


def secret_entries_view(page: Page[SecretEntryDetails], scope: str) -> PageView[SecretEntryView]:
    return page_view(page, [secret_entry_view(details) for details in page.items], scope)
