from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import UNSET, UnsetType

from chalicelib.runtime import services
from chalicelib.schemas.common import (
    PageView,
    Timestamp,
    View,
    line,
    page_view,
    prose,
    timestamp,
)
from chalicelib.validation import Cleaner, Input
from deepstory.ids import is_id
from deepstory.likes.entities import LikeState
from deepstory.paging import Page
from deepstory.pictures.entities import Picture, Status, Style
from deepstory.posts.entities import (
    TAG_CHARACTERS,
    TAGS,
    TEXT_CHARACTERS,
    TITLE_CHARACTERS,
    Changes,
    Draft,
    Entry,
    EntryChanges,
    EntryDetails,
    EntryDraft,
    Mood,
    PostDetails,
    Visibility,
    Weather,
)

# Lengths are checked by the cleaners, after normalisation: decomposed Hangul is thrice as long.
Title = Annotated[
    str, msgspec.Meta(extra_json_schema={"minLength": 1, "maxLength": TITLE_CHARACTERS})
]
Text = Annotated[
    str, msgspec.Meta(extra_json_schema={"minLength": 1, "maxLength": TEXT_CHARACTERS})
]
Tag = Annotated[str, msgspec.Meta(extra_json_schema={"minLength": 1, "maxLength": TAG_CHARACTERS})]
Tags = Annotated[
    tuple[Tag, ...],
    msgspec.Meta(
        max_length=TAGS,
        description="A leading # is dropped, and so is a tag that repeats one in other case.",
        examples=[["바다", "summer"]],
    ),
]

_tag = line(TAG_CHARACTERS)


def clean_tags(given: tuple[str, ...]) -> tuple[str, ...]:
    unique: dict[str, str] = {}
    for tag in given:
        cleaned = _tag(tag.strip().lstrip("#"))
        if "#" in cleaned:
            raise ValueError("a tag has no # inside")
        unique.setdefault(cleaned.casefold(), cleaned)
    return tuple(unique.values())


def _picture_id(text: str) -> str:
    if not is_id(text):
        raise ValueError("is not one of your pictures")
    return text


_CLEANERS: Mapping[str, Cleaner] = {
    "title": line(TITLE_CHARACTERS),
    "text": prose(TEXT_CHARACTERS),
    "picture_id": _picture_id,
    "tags": clean_tags,
}


class WriteEntry(Input):
    """Without a diary date the entry is about today, in the author's time zone."""

    title: Title
    text: Text
    picture_id: str | None = None
    diary_date: date | None = None
    weather: Weather | None = None
    mood: Mood | None = None
    tags: Tags = ()
    sensitive: bool = False

    cleaners: ClassVar[Mapping[str, Cleaner]] = _CLEANERS

    def draft(self) -> EntryDraft:
        return EntryDraft(**msgspec.structs.asdict(self))


class WritePost(WriteEntry):
    """Without a diary date the post is about today, in the author's time zone."""

    visibility: Visibility = "private"

    def draft(self) -> Draft:
        return Draft(**msgspec.structs.asdict(self))


class EditEntry(Input):
    """What is absent stays; null takes picture, weather or mood away."""

    title: Title | UnsetType = UNSET
    text: Text | UnsetType = UNSET
    picture_id: str | UnsetType | None = UNSET
    diary_date: date | UnsetType = UNSET
    weather: Weather | UnsetType | None = UNSET
    mood: Mood | UnsetType | None = UNSET
    tags: Tags | UnsetType = UNSET
    sensitive: bool | UnsetType = UNSET

    cleaners: ClassVar[Mapping[str, Cleaner]] = _CLEANERS

    def changes(self) -> EntryChanges:
        return EntryChanges(**msgspec.structs.asdict(self))


class EditPost(EditEntry):
    """What is absent stays; null takes picture, weather or mood away."""

    visibility: Visibility | UnsetType = UNSET

    def changes(self) -> Changes:
        return Changes(**msgspec.structs.asdict(self))


class AuthorView(View):
    id: str
    name: str


class PostPictureView(View, omit_defaults=True):
    """The picture as every reader of the entry sees it: what was asked for stays its owner's.

    Addresses are there once the picture is ready and work for at least half an hour.
    """

    id: str
    status: Status
    style: Style
    width: int | None
    height: int | None
    url: str | None = None
    thumbnail_url: str | None = None
    dominant_color: str | None = None


class EntryView(View):
    """``liked`` tells whether the caller likes the entry.

    ``comment_count`` counts what others wrote in the last moments a moment later.
    """

    id: str
    author: AuthorView
    title: str
    text: str
    picture: PostPictureView | None
    diary_date: date
    weather: Weather | None
    mood: Mood | None
    tags: Sequence[str]
    sensitive: bool
    like_count: int
    liked: bool
    comment_count: int
    created_at: Timestamp
    updated_at: Timestamp


class PostView(EntryView):
    """``liked`` tells whether the caller likes the post.

    ``hidden`` posts are seen by nobody but their authors and administrators.
    ``comment_count`` counts what others wrote in the last moments a moment later.
    """

    visibility: Visibility
    hidden: bool


class LikeView(View):
    """``like_count`` holds the caller's own change; those of others may follow in moments."""

    liked: bool
    like_count: int


def post_view(details: PostDetails) -> PostView:
    post = details.post
    return PostView(
        id=post.post_id,
        visibility=post.visibility,
        hidden=post.hidden,
        **entry_view_fields(post, details),
    )


def entry_view_fields(entry: Entry, details: EntryDetails) -> dict[str, Any]:
    """Return what is shown of every entry, but its id."""
    return {
        "author": AuthorView(id=entry.author_id, name=details.author_name),
        "title": entry.title,
        "text": entry.text,
        "picture": _picture_view(details.picture) if details.picture else None,
        "diary_date": entry.diary_date,
        "weather": entry.weather,
        "mood": entry.mood,
        "tags": entry.tags,
        "sensitive": entry.sensitive,
        "like_count": details.likes_of(entry),
        "liked": details.liked,
        "comment_count": entry.comment_count,
        "created_at": timestamp(entry.created_at),
        "updated_at": timestamp(entry.updated_at),
    }


def posts_view(page: Page[PostDetails], scope: str) -> PageView[PostView]:
    return page_view(page, [post_view(details) for details in page.items], scope)


def like_view(state: LikeState) -> LikeView:
    return LikeView(liked=state.liked, like_count=state.like_count)


def _picture_view(picture: Picture) -> PostPictureView:
    drawn, urls = picture.drawn, services().picture_urls
    return PostPictureView(
        id=picture.picture_id,
        status=picture.status,
        style=picture.style,
        width=drawn.width if drawn else None,
        height=drawn.height if drawn else None,
        url=urls.url(picture.image_key) if drawn else None,
        thumbnail_url=urls.url(picture.thumbnail_key) if drawn else None,
        dominant_color=drawn.dominant_color if drawn else None,
    )
