"""Exports and the states they go through."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

Status = Literal["pending", "ready", "failed"]

# How long the ZIP can be fetched; the bucket forgets it by itself soon after.
KEPT_FOR = timedelta(days=7)
# An export that is not there by then never will be: its message ran out of deliveries.
GIVEN_UP_AFTER = timedelta(hours=2)
ATTEMPTS = 3
PREFIX = "exports/"


class ExportOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What the worker is told; with the key, so that it can clean up after one that is gone."""

    user_id: str
    export_id: str
    file_key: str


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """One person's wish for everything.

    Attributes
    ----------
    file_key : random name of the object, chosen before it exists, so that every attempt writes
        to the same place.
    leased_until : until when the worker that makes it is taken for alive.
    attempts : how often a worker began.
    """

    user_id: str
    export_id: str
    status: Status
    file_key: str
    requested_at: datetime
    leased_until: datetime | None = None
    attempts: int = 0
    finished_at: datetime | None = None
    size: int | None = None

    @property
    def object_key(self) -> str:
        return object_key(self.file_key)

    @property
    def expires_at(self) -> datetime:
        return (self.finished_at or self.requested_at) + KEPT_FOR

    @property
    def order(self) -> ExportOrder:
        return ExportOrder(user_id=self.user_id, export_id=self.export_id, file_key=self.file_key)

    def status_at(self, now: datetime) -> Status:
        """Return the status; what is pending for too long has failed, whoever forgot to say so."""
        is_lost = self.status == "pending" and self.requested_at + GIVEN_UP_AFTER <= now
        return "failed" if is_lost else self.status


class ShownExport(msgspec.Struct, frozen=True, kw_only=True):
    """An export as its owner sees it; ``url`` is there once it can be fetched."""

    export_id: str
    status: Status
    requested_at: datetime
    url: str | None = None
    size: int | None = None
    expires_at: datetime | None = None


def object_key(file_key: str) -> str:
    return f"{PREFIX}{file_key}.zip"
