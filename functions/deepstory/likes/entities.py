"""Likes, and the state of counting them."""

from __future__ import annotations

import msgspec

FIRST_SEQUENCE = -1


class Like(msgspec.Struct, frozen=True, kw_only=True):
    """``liked_id`` is an id of its own, so that a user's likes sort by when they were given."""

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


class LikeChange(msgspec.Struct, frozen=True):
    """A like that was given (+1) or taken back (-1).

    The ``sequence`` numbers of one post's changes grow in the order in which they happened.
    """

    sequence: int
    amount: int


class LikeCounter(msgspec.Struct, frozen=True, kw_only=True):
    """How far a post's likes are counted."""

    post_id: str
    count: int
    last_sequence: int
    public: bool
