"""The kinds of notices. A new kind is a name and a function here, and whoever calls it.

A notice holds ids and no sentence: clients word it, in the reader's language.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal[
    "liked",
    "commented",
    "picture_ready",
    "picture_failed",
    "friend_requested",
    "friend_accepted",
    "entry_written",
    "entry_liked",
    "entry_commented",
]


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is to be told.

    Attributes
    ----------
    key : the same whenever the same thing is told again, so that nobody is told twice.
    actor_id : who did it; None where nobody did.
    targets : ids of what it is about, by the names that paths and bodies have for them.
    """

    key: str
    kind: Kind
    actor_id: str | None
    targets: dict[str, str]


def liked(*, post_id: str, actor_id: str) -> News:
    """Tell of a like, once per person: taking it back and giving it again is no news."""
    return News(
        key=f"liked#{post_id}#{actor_id}",
        kind="liked",
        actor_id=actor_id,
        targets={"post_id": post_id},
    )


def commented(*, post_id: str, comment_id: str, actor_id: str) -> News:
    return News(
        key=f"commented#{comment_id}",
        kind="commented",
        actor_id=actor_id,
        targets={"post_id": post_id, "comment_id": comment_id},
    )


def picture_ended(*, picture_id: str, ready: bool) -> News:
    kind: Kind = "picture_ready" if ready else "picture_failed"
    return News(
        key=f"{kind}#{picture_id}", kind=kind, actor_id=None, targets={"picture_id": picture_id}
    )


def friend_requested(*, request_id: str, actor_id: str) -> News:
    return News(
        key=f"friend_requested#{request_id}",
        kind="friend_requested",
        actor_id=actor_id,
        targets={"request_id": request_id},
    )


def friend_accepted(*, diary_id: str, actor_id: str) -> News:
    return News(
        key=f"friend_accepted#{diary_id}",
        kind="friend_accepted",
        actor_id=actor_id,
        targets={"diary_id": diary_id},
    )


def entry_written(*, diary_id: str, entry_id: str, actor_id: str) -> News:
    return News(
        key=f"entry_written#{entry_id}",
        kind="entry_written",
        actor_id=actor_id,
        targets={"diary_id": diary_id, "entry_id": entry_id},
    )


def entry_liked(*, diary_id: str, entry_id: str, actor_id: str) -> News:
    """Tell of a like, once per person, as of a post's."""
    return News(
        key=f"entry_liked#{entry_id}#{actor_id}",
        kind="entry_liked",
        actor_id=actor_id,
        targets={"diary_id": diary_id, "entry_id": entry_id},
    )


def entry_commented(*, diary_id: str, entry_id: str, comment_id: str, actor_id: str) -> News:
    return News(
        key=f"entry_commented#{comment_id}",
        kind="entry_commented",
        actor_id=actor_id,
        targets={"diary_id": diary_id, "entry_id": entry_id, "comment_id": comment_id},
    )
