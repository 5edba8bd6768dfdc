"""Pieces that every schema uses: base classes, text types, pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Generic, TypeVar

import msgspec

from chalicelib.runtime import services
from chalicelib.validation import Input
from deepstory.clock import to_rfc3339
from deepstory.paging import DEFAULT_LIMIT, MAXIMUM_LIMIT, Page
from deepstory.texts import clean, required

T = TypeVar("T")
V = TypeVar("V")

# RFC 3339, UTC, milliseconds.
Timestamp = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]


class View(msgspec.Struct, kw_only=True):
    """Base of what clients receive."""


class PageQuery(Input):
    limit: Annotated[int, msgspec.Meta(ge=1, le=MAXIMUM_LIMIT)] = DEFAULT_LIMIT
    cursor: Annotated[str, msgspec.Meta(max_length=2048)] | None = None


class PageView(View, Generic[T]):
    items: Sequence[T]
    next_cursor: str | None


def line(maximum: int) -> Callable[[str], str]:
    """Return the cleaner of one line of text that may not be empty."""
    return partial(required, maximum=maximum)


def prose(maximum: int) -> Callable[[str], str]:
    """Return the cleaner of text with line breaks that may not be empty."""
    return partial(required, maximum=maximum, multiline=True)


def optional_prose(text: str) -> str:
    return clean(text, multiline=True)


def timestamp(moment: datetime) -> str:
    return to_rfc3339(moment)


def position(query: PageQuery, scope: str) -> dict[str, str] | None:
    """Return where the page starts; the scope is that of the cursor it was given with."""
    return None if query.cursor is None else services().cursors.decode(query.cursor, scope)


def page_view(page: Page[Any], items: Sequence[V], scope: str) -> PageView[V]:
    cursor = None if page.next is None else services().cursors.encode(page.next, scope)
    return PageView(items=items, next_cursor=cursor)
