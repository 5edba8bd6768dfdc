"""What the account use cases need from storage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from deepstory.accounts.entities import Session, User
from deepstory.audit.entities import AuditEntry
from deepstory.idempotency import IdempotencyRecord


class UserRepository(Protocol):
    def add(self, user: User, session: Session, record: IdempotencyRecord | None = None) -> None:
        """Write the user, the guard of the address and the first session, or nothing.

        Raises EmailTakenError, or DuplicateRequestError when the record exists already.
        """

    def get(self, user_id: str) -> User | None: ...

    def get_many(self, user_ids: Iterable[str]) -> dict[str, User]:
        """Return the users that exist, by id, in as few reads as the store allows."""

    def find_by_email(self, email: str) -> User | None:
        """Find by normalised address, taking as many reads whether or not it exists."""

    def replace_profile(self, before: User, after: User) -> bool:
        """Write name, birth date, gender, language and time zone.

        False if the user is gone, or has another birth date or gender than before: those are
        counted, and the counts are moved in the same transaction.
        """

    def replace_password(
        self, user_id: str, *, old_hash: str, new_hash: str, now: datetime
    ) -> bool:
        """Write the new hash if the old one is still there; False otherwise."""

    def set_suspended(
        self, user_id: str, *, suspended_at: datetime | None, entry: AuditEntry
    ) -> bool:
        """Suspend, or restore with None, and write the entry of it in the audit log, or neither.

        False if the user is gone, is an administrator, or was suspended or restored before.
        """


class Visits(Protocol):
    def note(self, *, user_id: str) -> None:
        """Count that the user came; never fails."""


class SessionRepository(Protocol):
    def add(self, session: Session) -> None: ...

    def get(self, user_id: str, session_id: str) -> Session | None:
        """Read consistently: a session ended a moment ago is gone."""

    def rotate(self, session: Session, *, expected_hash: str) -> bool:
        """Write the rotated session if its current token is still the expected one."""

    def remove(self, user_id: str, session_id: str) -> None: ...

    def suspend_all(self, user_id: str) -> None:
        """Mark every session of the user."""

    def remove_all(self, user_id: str, *, keep: str | None = None) -> None:
        """Remove every session of the user but the one to keep."""
