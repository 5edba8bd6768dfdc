"""Likes."""

from __future__ import annotations

import msgspec

from deepstory.ids import BEHIND_IDS


class Like(msgspec.Struct, frozen=True, kw_only=True):
    """``liked_id`` is an id of its own, so that a user's likes sort by when they were given.

    A like of a secret entry has its key for ``post_id``, and its ``liked_id`` from
    ``liked_entry_id``.
    """

    post_id: str
    user_id: str
    liked_id: str


class LikeState(msgspec.Struct, frozen=True):
    """What someone is told who likes or unlikes.

    ``liked`` is the truth. ``like_count`` is the count so far, which trails the likes by
    moments, with this person's own change.
    """

    liked: bool
    like_count: int


def liked_entry_id(liked_id: str) -> str:
    """Return the id of a like of a secret entry: behind all ids, out of the posts one likes."""
    return f"{BEHIND_IDS}{liked_id}"
