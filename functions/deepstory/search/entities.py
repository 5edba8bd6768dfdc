"""The index: lists of posts by term, and how far each post is in it."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from deepstory.paging import Position


class Bound(NamedTuple):
    """Where in a list, newest first, to go on: below a post, or at it."""

    post_id: str
    inclusive: bool

    def admits(self, post_id: str) -> bool:
        return post_id < self.post_id or (self.inclusive and post_id == self.post_id)

    def position(self) -> Position:
        return {"at" if self.inclusive else "below": self.post_id}


# Ids are lower case letters and digits, which all come before it.
NEWEST = Bound("~", inclusive=True)


def bound_at(position: Position | None) -> Bound:
    """Return the bound of a position, which may hold other things too."""
    if position is None:
        return NEWEST
    if "at" in position:
        return Bound(position["at"], inclusive=True)
    return Bound(position["below"], inclusive=False)


class IndexState(msgspec.Struct, frozen=True, kw_only=True):
    """What the index holds of a post.

    While ``is_pending`` somebody writes: ``terms`` are then all that the post may stand under.
    ``version`` grows with every beginning, and later writes win over earlier ones by it.
    """

    post_id: str
    version: int = 0
    terms: tuple[str, ...] = ()
    rank: str | None = None
    is_pending: bool = False
