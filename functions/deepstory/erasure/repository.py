"""What leaving needs from storage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from deepstory.accounts.entities import User
from deepstory.erasure.entities import Counts, Erasure, Receipt


class Closing(Protocol):
    def close(self, user: User, erasure: Erasure) -> bool:
        """Remove the user from the users, the addresses and the statistics, and begin the erasure.

        All or nothing. False if the user is gone, or has another password, birth date or gender.
        """


class ErasureRepository(Protocol):
    def get(self, user_id: str) -> Erasure | None:
        """Read consistently."""

    def claim(self, erasure: Erasure, *, now: datetime, until: datetime) -> bool:
        """Lease the erasure to the caller; False while another has it, or if it is done."""

    def note_found(self, user_id: str, found: Counts) -> None:
        """Write how much there is, unless that was noted before."""

    def release(self, erasure: Erasure) -> None:
        """Write how far it is, and end the lease."""

    def finish(self, erasure: Erasure, receipt: Receipt) -> None:
        """Put the receipt in place of the erasure; repeatable."""

    def due(self, *, until: datetime, limit: int) -> Sequence[str]:
        """Return whose erasures are due, the longest waiting first; a moment behind is allowed."""


class Eraser(Protocol):
    """Removes one kind of thing that is somebody's.

    A new kind is a class like those in ``erasers`` and one line where they are put together
    (``deepstory.account_services``).
    """

    @property
    def name(self) -> str:
        """Name the kind, in the plural."""

    def erase(self, user_id: str, *, limit: int) -> int:
        """Remove up to about ``limit`` of them and return how many there were; 0 when none are.

        It may be called again at any time, also by two at once, and after a break at any point.
        """

    def count(self, user_id: str) -> int:
        """Return how many there are."""
