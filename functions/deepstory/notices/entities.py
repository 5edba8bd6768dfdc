"""Notices as they are kept and shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from deepstory.notices.kinds import News
from deepstory.paging import Position

KEPT_FOR = timedelta(days=90)


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that somebody was told; ``number`` counts a person's notices from 1."""

    user_id: str
    number: int
    news: News
    created_at: datetime
    expires_at: int


class Inbox(msgspec.Struct, frozen=True, kw_only=True):
    """How many notices somebody was ever given, and up to which number they are read.

    Numbers have no gaps and notices expire in their order. So the unread ones are those from the
    first that is neither read nor expired to the last: nothing has to be counted.
    """

    user_id: str
    last: int = 0
    read: int = 0


class ShownNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as its reader sees it; ``actor_name`` is None for someone who is gone or apart."""

    notice: Notice
    is_read: bool
    actor_name: str | None


class Notices(msgspec.Struct, frozen=True, kw_only=True):
    """A page of notices; ``unread`` counts all, not only those of the page."""

    items: Sequence[ShownNotice]
    unread: int
    next: Position | None
