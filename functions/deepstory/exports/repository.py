"""What exporting needs from storage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from deepstory.accounts.entities import User
from deepstory.exports.entities import Export, Status


class ExportRepository(Protocol):
    """Everything is read consistently."""

    def add(self, export: Export) -> bool:
        """Write a pending export; False if the user has one that is pending and not given up."""

    def get(self, user_id: str, export_id: str) -> Export | None: ...

    def running(self, user_id: str) -> Export | None:
        """Return the user's pending export, even if it was given up."""

    def claim(self, export: Export, *, now: datetime, until: datetime) -> Export | None:
        """Lease a pending export to the caller; None while another has it, or if it is done."""

    def finish(
        self, export: Export, status: Status, *, now: datetime, size: int | None = None
    ) -> bool:
        """End a pending export and let the user begin another; False if it is gone or ended."""


class Sink(Protocol):
    def write(self, content: bytes, /) -> int: ...


class ExportFiles(Protocol):
    """The ZIPs."""

    def writing(self, key: str) -> AbstractContextManager[Sink]:
        """Return where to write an object; it appears whole at the end, or not at all."""

    def remove(self, key: str) -> None:
        """Remove an object; absent is no error."""


class ExportUrls(Protocol):
    def url(self, key: str, *, name: str, seconds: int) -> str:
        """Return an address at which anybody can fetch the object under a name, for a while."""


class PictureSource(Protocol):
    """The objects of pictures."""

    def chunks(self, key: str) -> Iterator[bytes] | None:
        """Return an object bit by bit; None if it is not there."""


class People(Protocol):
    def get(self, user_id: str) -> User | None: ...
