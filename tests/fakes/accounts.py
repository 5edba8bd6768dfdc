"""Accounts in memory, with the behaviour that the contract tests demand of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from deepstory.accounts.directory import DirectoryEntry, Order, name_key
from deepstory.accounts.entities import Session, User
from deepstory.accounts.errors import EmailTakenError
from deepstory.audit.entities import AuditEntry
from deepstory.idempotency import DuplicateRequestError, IdempotencyRecord
from deepstory.stats.counting import moved, of_user
from fakes.audit import MemoryAuditRepository
from fakes.core import MemoryIdempotencyRepository
from fakes.stats import MemoryCounterRepository


class FakePasswords:
    """A hash that can be read back: unit tests need no slow one."""

    def __init__(self) -> None:
        self.comparisons = 0

    def hash(self, password: str) -> str:
        return f"hash of {password}"

    def matches(self, password: str, password_hash: str | None) -> bool:
        self.comparisons += 1
        return password_hash == self.hash(password)


class MemorySessionRepository:
    def __init__(self) -> None:
        self.sessions: dict[tuple[str, str], Session] = {}

    def add(self, session: Session) -> None:
        self.sessions[session.user_id, session.session_id] = session

    def get(self, user_id: str, session_id: str) -> Session | None:
        return self.sessions.get((user_id, session_id))

    def rotate(self, session: Session, *, expected_hash: str) -> bool:
        stored = self.get(session.user_id, session.session_id)
        if stored is None or stored.token_hash != expected_hash:
            return False
        self.add(session)
        return True

    def suspend_all(self, user_id: str) -> None:
        for (owner, _), session in list(self.sessions.items()):
            if owner == user_id:
                self.add(replace(session, is_suspended=True))

    def remove(self, user_id: str, session_id: str) -> None:
        self.sessions.pop((user_id, session_id), None)

    def remove_all(self, user_id: str, *, keep: str | None = None) -> None:
        for owner, session_id in list(self.sessions):
            if owner == user_id and session_id != keep:
                self.remove(owner, session_id)


class MemoryUserRepository:
    def __init__(
        self,
        sessions: MemorySessionRepository | None = None,
        idempotency: MemoryIdempotencyRepository | None = None,
        counters: MemoryCounterRepository | None = None,
        audit: MemoryAuditRepository | None = None,
    ) -> None:
        self._users: dict[str, User] = {}
        self._sessions = sessions or MemorySessionRepository()
        self._idempotency = idempotency or MemoryIdempotencyRepository()
        self._counters = counters or MemoryCounterRepository()
        self._audit = audit or MemoryAuditRepository()

    def add(self, user: User, session: Session, record: IdempotencyRecord | None = None) -> None:
        if record and record.key in self._idempotency.records:
            raise DuplicateRequestError
        if self.find_by_email(user.email):
            raise EmailTakenError
        self._users[user.user_id] = user
        self._sessions.add(session)
        if record:
            self._idempotency.records[record.key] = record
        self._counters.add(of_user(user))

    def get(self, user_id: str) -> User | None:
        return self._users.get(user_id)

    def forget(self, user_id: str) -> None:
        """Take a user out, as closing an account does."""
        self._users.pop(user_id, None)

    def get_many(self, user_ids: Iterable[str]) -> dict[str, User]:
        return {user_id: self._users[user_id] for user_id in user_ids if user_id in self._users}

    def find_by_email(self, email: str) -> User | None:
        return next((user for user in self._users.values() if user.email == email), None)

    def replace_profile(self, before: User, after: User) -> bool:
        stored = self._users.get(after.user_id)
        if stored is None or (stored.birth_date, stored.gender) != (
            before.birth_date,
            before.gender,
        ):
            return False
        self._users[after.user_id] = replace(
            after, password_hash=stored.password_hash, suspended_at=stored.suspended_at
        )
        self._counters.add(moved(before, after))
        return True

    def set_suspended(
        self, user_id: str, *, suspended_at: datetime | None, entry: AuditEntry
    ) -> bool:
        stored = self._users.get(user_id)
        suspends = suspended_at is not None
        if stored is None or stored.role == "admin" or stored.is_suspended == suspends:
            return False
        self._users[user_id] = replace(stored, suspended_at=suspended_at, updated_at=entry.at)
        self._audit.add(entry)
        return True

    def entries(
        self, order: Order, *, prefix: str, limit: int, after: DirectoryEntry | None
    ) -> Sequence[DirectoryEntry]:
        """Return what the directory does, which sees the same users."""
        keys: dict[Order, Callable[[User], str]] = {
            "by_joined": lambda user: user.user_id,
            "by_email": lambda user: user.email,
            "by_name": lambda user: name_key(user.name),
        }
        found = sorted(
            (keys[order](user), user.user_id)
            for user in self._users.values()
            if keys[order](user).startswith(prefix)
        )
        if order == "by_joined":
            found.reverse()
        if after is not None:
            found = found[found.index((after.key, after.user_id)) + 1 :]
        return [DirectoryEntry(user_id, key) for key, user_id in found[:limit]]

    def replace_password(
        self, user_id: str, *, old_hash: str, new_hash: str, now: datetime
    ) -> bool:
        stored = self._users.get(user_id)
        if stored is None or stored.password_hash != old_hash:
            return False
        self._users[user_id] = replace(stored, password_hash=new_hash, updated_at=now)
        return True
