"""Bringing rows that were written by an earlier release into today's form.

Each of them would get there by its next edit; until then it is missing from lists that are made of
what it lacks. Doing it again changes nothing, and what people change meanwhile is never undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple, Protocol

import msgspec

from deepstory.clock import Clock
from deepstory.paging import Position
from deepstory.stats.repository import Checkpoints
from deepstory.upkeep.walking import Progress, Walk

# To have everything looked at once more, give it another name.
NAME = "2026-11-directory-and-search"


class IdPage(NamedTuple):
    """Ids of rows that may be in an old form."""

    ids: Sequence[str]
    next: Position | None


class OldRows(Protocol):
    def page(self, *, after: Position | None) -> IdPage: ...

    def complete(self, row_id: str) -> bool:
        """Add what the row lacks; False if it lacks nothing, or changes at this moment."""


class Index(Protocol):
    def update(self, *, post_id: str) -> bool:
        """Bring the search index to the post as it is; tell whether there was anything to do."""


class BackfillReport(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows were looked at and brought into today's form, ``indexed`` by search."""

    looked_at: int = 0
    users: int = 0
    posts: int = 0
    indexed: int = 0


class Backfill:
    def __init__(
        self,
        *,
        users: OldRows,
        posts: OldRows,
        index: Index,
        checkpoints: Checkpoints,
        clock: Clock,
    ) -> None:
        self._users = users
        self._posts = posts
        self._index = index
        self._clock = clock
        self._walk = Walk(Progress, checkpoints=checkpoints, clock=clock)
        self._looks = {"users": self._complete_users, "posts": self._complete_posts}

    def run(self, *, time_limit: timedelta) -> BackfillReport | None:
        """Begin, or go on; return the report when it ends, and None ever after."""
        until = self._clock.now() + time_limit
        progress = self._walk.load()
        if progress is None or progress.name != NAME:
            progress = Progress(name=NAME, phases=["users", "posts"])
        elif not progress.phases:
            return None
        while progress.phases:
            phase = progress.phases[0]
            if not self._walk.go_on(progress, self._looks[phase], until=until):
                return None
        return BackfillReport(**progress.sums)

    def _complete_users(self, progress: Progress) -> Position | None:
        page = self._users.page(after=progress.position)
        completed = sum(self._users.complete(each) for each in page.ids)
        progress.add(looked_at=len(page.ids), users=completed)
        return page.next

    def _complete_posts(self, progress: Progress) -> Position | None:
        page = self._posts.page(after=progress.position)
        completed = sum(self._posts.complete(each) for each in page.ids)
        indexed = sum(self._index.update(post_id=each) for each in page.ids)
        progress.add(looked_at=len(page.ids), posts=completed, indexed=indexed)
        return page.next
