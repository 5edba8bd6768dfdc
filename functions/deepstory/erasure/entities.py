"""What is still to be done for somebody who left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

# How many things there are, by the name of what removes them.
Counts = Mapping[str, int]

# Streams keep changes for a day, so until then a change of before can still bring something back.
LATE_LOOK_AFTER = timedelta(hours=25)


class EraseOrder(msgspec.Struct, frozen=True):
    """What the queue carries: whose erasure is to go on."""

    user_id: str


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """The way of one closed account to nothing.

    Attributes
    ----------
    due_at : when somebody has to look after it, should all messages be lost.
    leased_until : until when the worker that is at it is taken for alive.
    found : how many things there were before the first was removed.
    looks : how often something was left after everything had been removed.
    verified_at : when nothing was left; the late look, a day later, ends the erasure.
    """

    user_id: str
    closed_at: datetime
    due_at: datetime
    leased_until: datetime | None = None
    found: Counts | None = None
    looks: int = 0
    verified_at: datetime | None = None


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of an erasure: counts and times, under a name that leads to nobody."""

    pseudonym: str
    closed_at: datetime
    finished_at: datetime
    found: Counts
    left: Counts
