"""What resetting passwords needs from storage."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from deepstory.accounts.entities import User
from deepstory.password_resets.entities import Reset


class ResetRepository(Protocol):
    def get(self, user_id: str) -> Reset | None:
        """Return the reset that counts, consistently."""

    def begin(self, reset: Reset) -> bool:
        """Write the reset in place of that of an earlier request.

        False if a later request's is there, or this request's was sent or used already.
        """

    def mark_sent(self, reset: Reset) -> None:
        """Note that the mail was handed over, if the reset still counts."""

    def use(self, reset: Reset, *, password_hash: str, now: datetime) -> bool:
        """Use the token up and write the password, or neither.

        False if the token is used or replaced, or the user is gone.
        """


class Recipients(Protocol):
    def find_by_email(self, email: str) -> User | None:
        """Find by normalised address."""
