"""Requests for a secret friendship, and friendships."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

Box = Literal["incoming", "outgoing"]

DIARY_NAME_CHARACTERS = 50
# After a decline, what the same person asks again is not delivered for this long.
QUIET_FOR = timedelta(days=30)
# So that a repeated acceptance finds what the first one did.
ACCEPTED_KEPT_FOR = timedelta(days=7)

_EMAIL = "email#"
_USER = "user#"


def by_email(email: str) -> str:
    """Return the target of a request to whoever has this (normalised) address."""
    return f"{_EMAIL}{email}"


def by_id(user_id: str) -> str:
    """Return the target of a request to a person of this id."""
    return f"{_USER}{user_id}"


class FriendRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One person asks another to keep a secret diary together.

    ``target`` is whom the asker named, and ``recipient_id`` whom it reaches. A request that is to
    reach nobody (no such address, a block, a decline) has the id of nobody there, and is in every
    other way like one that waits for an answer: its asker cannot tell the difference.
    """

    request_id: str
    asker_id: str
    target: str
    recipient_id: str
    delivered: bool
    diary_name: str
    created_at: datetime
    diary_id: str | None = None

    @property
    def is_pending(self) -> bool:
        return self.diary_id is None

    @property
    def email(self) -> str | None:
        """The address that the asker named, if it was one."""
        return self.target.removeprefix(_EMAIL) if self.target.startswith(_EMAIL) else None

    @property
    def user_id(self) -> str | None:
        """The person that the asker named, if it was by an id."""
        return self.target.removeprefix(_USER) if self.target.startswith(_USER) else None


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """The place for one asker's request before one recipient: there is at most one in it.

    Until ``quiet_until`` (seconds) nothing is put there, because the recipient declined.
    """

    recipient_id: str
    asker_id: str
    request_id: str | None = None
    quiet_until: int = 0

    def is_open(self, now: datetime) -> bool:
        return self.request_id is None and self.quiet_until <= now.timestamp()


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """What lets a person write into a diary: the friendship behind it, seen from their side."""

    user_id: str
    friend_id: str
    diary_id: str

    @property
    def mirrored(self) -> Membership:
        return Membership(user_id=self.friend_id, friend_id=self.user_id, diary_id=self.diary_id)


class Friendship(Membership, frozen=True, kw_only=True):
    """One of the two mirrored edges; ``asked_as`` is the target that this side named, if any."""

    since: datetime
    asked_as: str | None = None


class ShownRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request as one of the two sees it.

    ``user_name`` is that of the person whom the asker named by id; None for the recipient, and
    for somebody who is gone.
    """

    request: FriendRequest
    box: Box
    asker_name: str
    user_name: str | None = None
