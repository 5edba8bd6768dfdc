from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, ClassVar

import msgspec
from msgspec import UNSET, UnsetType

from chalicelib.runtime import services
from chalicelib.schemas.common import (
    PageQuery,
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
    Mood,
    PostDetails,
    Visibility,
    Weather,
)
from deepstory.posts.feeds import Period, Sort

QUERY_CHARACTERS = 100

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

TagQuery = Annotated[
    str,
    msgspec.Meta(
        description="Posts with this tag, in whatever case, with or without its #.",
        examples=["바다"],
        extra_json_schema={"minLength": 1, "maxLength": TAG_CHARACTERS},
    ),
]
SearchText = Annotated[
    str,
    msgspec.Meta(
        description=(
            "Posts with all of these words in title, tags or text. Korean is found within words, "
            "English in singular and plural."
        ),
        examples=["바다 whales"],
        extra_json_schema={"minLength": 1, "maxLength": QUERY_CHARACTERS},
    ),
]

_tag = line(TAG_CHARACTERS)


def _tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    unique: dict[str, str] = {}
    for tag in tags:
        cleaned = _tag(tag.strip().lstrip("#"))
        if "#" in cleaned:
            raise ValueError("a tag has no # inside")
        unique.setdefault(cleaned.casefold(), cleaned)
    return tuple(unique.values())


def _one_tag(tag: str) -> str:
    (cleaned,) = _tags((tag,))
    return cleaned


def _picture_id(text: str) -> str:
    if not is_id(text):
        raise ValueError("is not one of your pictures")
    return text


_CLEANERS: Mapping[str, Cleaner] = {
    "title": line(TITLE_CHARACTERS),
    "text": prose(TEXT_CHARACTERS),
    "picture_id": _picture_id,
    "tags": _tags,
}


class WritePost(Input):
    """Without a diary date the post is about today, in the author's time zone."""

    title: Title
    text: Text
    picture_id: str | None = None
    diary_date: date | None = None
    weather: Weather | None = None
    mood: Mood | None = None
    tags: Tags = ()
    visibility: Visibility = "private"
    sensitive: bool = False

    cleaners: ClassVar[Mapping[str, Cleaner]] = _CLEANERS

    def draft(self) -> Draft:
        return Draft(**msgspec.structs.asdict(self))


class EditPost(Input):
    """What is absent stays; null takes picture, weather or mood away."""

    title: Title | UnsetType = UNSET
    text: Text | UnsetType = UNSET
    picture_id: str | UnsetType | None = UNSET
    diary_date: date | UnsetType = UNSET
    weather: Weather | UnsetType | None = UNSET
    mood: Mood | UnsetType | None = UNSET
    tags: Tags | UnsetType = UNSET
    visibility: Visibility | UnsetType = UNSET
    sensitive: bool | UnsetType = UNSET

    cleaners: ClassVar[Mapping[str, Cleaner]] = _CLEANERS

    def changes(self) -> Changes:
        return Changes(**msgspec.structs.asdict(self))


class PostsQuery(PageQuery):
    """``period`` takes posts written in the service's current day, ISO week or month.

    The top moves while people like: what changes places between two pages may be met on both
    or on neither. The latest never repeats or skips.
    """

    sort: Sort = "latest"
    period: Period = "all"
    tag: TagQuery | None = None
    q: SearchText | None = None

    cleaners: ClassVar[Mapping[str, Cleaner]] = {"tag": _one_tag, "q": line(QUERY_CHARACTERS)}


class OwnPostsQuery(PageQuery):
    q: SearchText | None = None

    cleaners: ClassVar[Mapping[str, Cleaner]] = {"q": line(QUERY_CHARACTERS)}


class AuthorView(View):
    id: str
    name: str


class PostPictureView(View, omit_defaults=True):
    """The picture as every reader of the post sees it: what was asked for stays its owner's.

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


class PostView(View):
    """``liked`` tells whether the caller likes the post.

    ``hidden`` posts are seen by nobody but their authors and administrators.
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
    visibility: Visibility
    sensitive: bool
    hidden: bool
    like_count: int
    liked: bool
    comment_count: int
    created_at: Timestamp
    updated_at: Timestamp


class LikeView(View):
    """``like_count`` holds the caller's own change; those of others may follow in moments."""

    liked: bool
    like_count: int


def post_view(details: PostDetails) -> PostView:
    post = details.post
    return PostView(
        id=post.post_id,
        author=AuthorView(id=post.author_id, name=details.author_name),
        title=post.title,
        text=post.text,
        picture=_picture_view(details.picture) if details.picture else None,
        diary_date=post.diary_date,
        weather=post.weather,
        mood=post.mood,
        tags=post.tags,
        visibility=post.visibility,
        sensitive=post.sensitive,
        hidden=post.hidden,
        like_count=details.like_count,
        liked=details.liked,
        comment_count=post.comment_count,
        created_at=timestamp(post.created_at),
        updated_at=timestamp(post.updated_at),
    )


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
