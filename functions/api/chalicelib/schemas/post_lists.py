"""How lists of posts are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import msgspec

from chalicelib.schemas.common import PageQuery, line
from chalicelib.schemas.posts import clean_tags
from chalicelib.validation import Cleaner
from deepstory.posts.entities import TAG_CHARACTERS
from deepstory.posts.feeds import Period, Sort

QUERY_CHARACTERS = 100

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


def _one_tag(tag: str) -> str:
    (cleaned,) = clean_tags((tag,))
    return cleaned


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
