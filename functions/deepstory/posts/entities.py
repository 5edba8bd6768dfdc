"""Posts, and what people write into them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from deepstory.pictures.entities import Picture

Visibility = Literal["private", "public"]
Weather = Literal["sunny", "cloudy", "rainy", "snowy", "windy", "stormy", "foggy"]
Mood = Literal["happy", "calm", "excited", "grateful", "sad", "angry", "tired", "anxious"]

TITLE_CHARACTERS = 100
TEXT_CHARACTERS = 5000
TAG_CHARACTERS = 30
TAGS = 10


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What a person wrote, wherever it stands.

    ``like_count`` and ``comment_count`` trail by moments: they are counted from streams.
    """

    author_id: str
    title: str
    text: str
    picture_id: str | None
    diary_date: date
    weather: Weather | None
    mood: Mood | None
    tags: tuple[str, ...]
    sensitive: bool
    like_count: int
    comment_count: int = 0
    created_at: datetime
    updated_at: datetime


class Post(Entry, frozen=True, kw_only=True):
    """``hidden`` is an administrator's decision; ``visibility`` stays its author's."""

    post_id: str
    visibility: Visibility
    hidden: bool = False

    @property
    def is_listed(self) -> bool:
        """Tell whether it is for everybody, and so in the public feeds."""
        return self.visibility == "public" and not self.hidden


class EntryDraft(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that is about to be; without a diary date it is about the author's today."""

    title: str
    text: str
    picture_id: str | None = None
    diary_date: date | None = None
    weather: Weather | None = None
    mood: Mood | None = None
    tags: tuple[str, ...] = ()
    sensitive: bool = False


class Draft(EntryDraft, frozen=True, kw_only=True):
    """A post that is about to be."""

    visibility: Visibility = "private"


class EntryChanges(msgspec.Struct, frozen=True, kw_only=True):
    """What an edit changes; what is UNSET stays, and None empties."""

    title: str | UnsetType = UNSET
    text: str | UnsetType = UNSET
    picture_id: str | UnsetType | None = UNSET
    diary_date: date | UnsetType = UNSET
    weather: Weather | UnsetType | None = UNSET
    mood: Mood | UnsetType | None = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET
    sensitive: bool | UnsetType = UNSET

    def given(self) -> dict[str, object]:
        """Return the changed fields by name."""
        values = msgspec.structs.asdict(self)
        return {name: value for name, value in values.items() if value is not UNSET}


class Changes(EntryChanges, frozen=True, kw_only=True):
    """What an edit changes in a post."""

    visibility: Visibility | UnsetType = UNSET


class EntryDetails(msgspec.Struct, frozen=True, kw_only=True):
    """What is added to an entry for one viewer."""

    author_name: str
    liked: bool
    picture: Picture | None

    def likes_of(self, entry: Entry) -> int:
        """Return the count, at least one for someone whose like may not be counted yet."""
        return max(entry.like_count, int(self.liked))


class PostDetails(EntryDetails, frozen=True, kw_only=True):
    """A post as one viewer sees it."""

    post: Post

    @property
    def like_count(self) -> int:
        return self.likes_of(self.post)
