"""Pictures and the states they go through."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from deepstory.clock import to_rfc3339
from deepstory.limits import Limit
from deepstory.pictures.errors import InvalidTransitionError

Status = Literal["waiting", "queued", "ready", "failed", "cancelled"]
# ``drawing`` is never stored: nobody tells when the model takes a request. See progress.py.
ShownStatus = Literal["waiting", "queued", "drawing", "ready", "failed", "cancelled"]
Style = Literal["none", "crayon", "watercolor", "pencil", "flat", "ink", "photo"]
Aspect = Literal["1:1", "3:4", "4:3"]
QueueName = Literal["waiting", "sent"]

MAXIMUM_SEED = 2**32 - 1

TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    # Ready from waiting: the result of a sending that had been given up.
    "waiting": frozenset({"queued", "ready", "cancelled"}),
    "queued": frozenset({"waiting", "ready", "failed", "cancelled"}),
    "ready": frozenset(),
    "failed": frozenset(),
    "cancelled": frozenset(),
}

_QUEUES: Mapping[Status, QueueName] = {"waiting": "waiting", "queued": "sent"}


def due_until(now: datetime) -> str:
    """Return the last queue key of what is due now."""
    return f"{to_rfc3339(now)}~"


class PictureError(msgspec.Struct, frozen=True, kw_only=True):
    """Why a picture could not be drawn, in words for its owner."""

    code: str
    message: str


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a picture once it is there; ``dominant_color`` is ``#rrggbb``."""

    width: int
    height: int
    dominant_color: str


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """One image that somebody asked for.

    Attributes
    ----------
    file_key : random name of its objects, chosen before they exist, so that every attempt
        writes to the same place and deleting knows what to delete.
    due_at : when to do something: send it if it waits; if it was sent, stop waiting for the
        answer. None once nothing is left to do.
    sent_at : when the latest sending was begun.
    is_taken : whether the model server has said that it took the latest sending.
    sends, faults : how often the model server took the request, and how often it failed at it.
    refusals : how often it was not even taken since it last was.
    version : grows with every write; a write is made only over the version it was made from.
    """

    picture_id: str
    owner_id: str
    status: Status
    prompt: str
    model_prompt: str
    style: Style
    aspect: Aspect
    negative_prompt: str | None
    seed: int
    file_key: str
    quota: Limit
    created_at: datetime
    due_at: datetime | None
    sent_at: datetime | None = None
    sends: int = 0
    faults: int = 0
    refusals: int = 0
    is_taken: bool = False
    drawn: Drawn | None = None
    error: PictureError | None = None
    version: int = 1

    @property
    def is_final(self) -> bool:
        return not TRANSITIONS[self.status]

    @property
    def queue(self) -> QueueName | None:
        """Name the queue it stands in, None when it is done."""
        return _QUEUES.get(self.status)

    @property
    def queue_key(self) -> str | None:
        """Return its place in the queue: by time, then by id."""
        return None if self.due_at is None else f"{to_rfc3339(self.due_at)}#{self.picture_id}"

    @property
    def image_key(self) -> str:
        return f"pictures/{self.file_key}.png"

    @property
    def thumbnail_key(self) -> str:
        return f"pictures/{self.file_key}.webp"

    def claimed(self, now: datetime, *, lease: timedelta) -> Picture:
        """Return it as being sent; when the lease is over, the sender is taken for dead."""
        return self._moved("queued", due_at=now + lease, sent_at=now, is_taken=False)

    def taken(self, *, answer_within: timedelta) -> Picture:
        """Return it as accepted by the model server."""
        sent_at = self.sent_at
        assert sent_at is not None  # noqa: S101  # claimed before
        return msgspec.structs.replace(
            self,
            due_at=sent_at + answer_within,
            is_taken=True,
            sends=self.sends + 1,
            refusals=0,
            version=self.version + 1,
        )

    def put_back(self, *, due_at: datetime, faults: int = 0, refusals: int = 0) -> Picture:
        """Return it as waiting to be sent again."""
        return self._moved(
            "waiting",
            due_at=due_at,
            faults=self.faults + faults,
            refusals=self.refusals + refusals,
        )

    def finished(self, drawn: Drawn) -> Picture:
        return self._moved("ready", due_at=None, drawn=drawn)

    def lost(self, *, due_at: datetime) -> Picture:
        """Return it as waiting once more, after its objects got lost: its seed draws the same."""
        return msgspec.structs.replace(
            self,
            status="waiting",
            due_at=due_at,
            sent_at=None,
            is_taken=False,
            drawn=None,
            sends=0,
            faults=0,
            version=self.version + 1,
        )

    def failed(self, error: PictureError) -> Picture:
        return self._moved("failed", due_at=None, error=error)

    def cancelled(self) -> Picture:
        return self._moved("cancelled", due_at=None)

    def _moved(self, status: Status, **changes: Any) -> Picture:
        if status not in TRANSITIONS[self.status]:
            raise InvalidTransitionError(f"The picture is {self.status} already.")
        return msgspec.structs.replace(self, status=status, version=self.version + 1, **changes)
