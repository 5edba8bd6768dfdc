"""Use cases of administrators: finding people, suspending and restoring them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from deepstory.accounts.directory import DirectoryEntry, Order, UserDirectory, name_key
from deepstory.accounts.entities import User
from deepstory.accounts.errors import ProtectedAccountError
from deepstory.accounts.repository import SessionRepository, UserRepository
from deepstory.accounts.service import normalised_email
from deepstory.audit.entities import AuditEntry
from deepstory.clock import Clock
from deepstory.errors import NotFoundError, UnavailableError
from deepstory.ids import IdFactory, is_id
from deepstory.paging import Page, Position

# Losing a race means that another administrator did the same or the opposite meanwhile.
_ATTEMPTS = 5
_Found = tuple[Order, DirectoryEntry, User]


class UserAdministration:
    def __init__(
        self,
        *,
        users: UserRepository,
        directory: UserDirectory,
        sessions: SessionRepository,
        clock: Clock,
        ids: IdFactory,
    ) -> None:
        self._users = users
        self._directory = directory
        self._sessions = sessions
        self._clock = clock
        self._ids = ids

    def find(self, *, query: str, limit: int, position: Position | None = None) -> Page[User]:
        """Find by id, or by how the e-mail address or the name begins; all, without a query.

        All are listed newest first; of a search those come first whose address fits.
        """
        if is_id(query) and (user := self._users.get(query)):
            return Page(items=[user])
        found = list(islice(self._matching(query, position, size=limit + 1), limit + 1))
        users = [user for _, _, user in found[:limit]]
        if len(found) <= limit:
            return Page(items=users)
        order, entry, _ = found[limit - 1]
        return Page(items=users, next={"order": order, "key": entry.key, "user_id": entry.user_id})

    def suspend(self, *, user_id: str, actor_id: str) -> User:
        """Shut somebody out at once; repeatable.

        Raises
        ------
        NotFoundError : there is no such user.
        ProtectedAccountError : it is an administrator, perhaps the actor.
        """
        user = self._set(user_id, actor_id, suspended=True)
        # After the user is marked no session can be opened; those there are, or that an earlier
        # try did not reach, end now.
        self._sessions.suspend_all(user_id)
        return user

    def restore(self, *, user_id: str, actor_id: str) -> User:
        """Let somebody log in again; repeatable. The sessions of before stay ended.

        Raises as ``suspend`` does.
        """
        user = self._found(user_id)
        if user.is_suspended:
            # Before the mark goes, so that no new session is among them.
            self._sessions.remove_all(user_id)
        return self._set(user_id, actor_id, suspended=False)

    def _set(self, user_id: str, actor_id: str, *, suspended: bool) -> User:
        for _ in range(_ATTEMPTS):
            user = self._found(user_id)
            if user.role == "admin" or user_id == actor_id:
                raise ProtectedAccountError
            if user.is_suspended == suspended:
                return user
            entry = self._entry(user, actor_id, suspended=suspended)
            if self._users.set_suspended(
                user_id, suspended_at=entry.at if suspended else None, entry=entry
            ):
                return self._found(user_id)
        raise UnavailableError(retry_after=1)

    def _found(self, user_id: str) -> User:
        user = self._users.get(user_id)
        if user is None:
            raise NotFoundError
        return user

    def _entry(self, user: User, actor_id: str, *, suspended: bool) -> AuditEntry:
        return AuditEntry(
            entry_id=self._ids.new(),
            at=self._clock.now(),
            actor_id=actor_id,
            action="user_suspended" if suspended else "user_restored",
            target_type="user",
            target_id=user.user_id,
            before={"suspended": _text(user.is_suspended)},
            after={"suspended": _text(suspended)},
        )

    def _matching(self, query: str, position: Position | None, *, size: int) -> Iterator[_Found]:
        if not query:
            yield from self._walk("by_joined", "", position, size)
            return
        address = normalised_email(query)
        if position is None or position["order"] == "by_email":
            yield from self._walk("by_email", address, position, size)
            position = None
        for found in self._walk("by_name", name_key(query), position, size):
            if not found[2].email.startswith(address):
                yield found

    def _walk(
        self, order: Order, prefix: str, position: Position | None, size: int
    ) -> Iterator[_Found]:
        after = DirectoryEntry(position["user_id"], position["key"]) if position else None
        while True:
            entries = self._directory.entries(order, prefix=prefix, limit=size, after=after)
            users = self._users.get_many([entry.user_id for entry in entries])
            for entry in entries:
                if entry.user_id in users:
                    yield order, entry, users[entry.user_id]
            if len(entries) < size:
                return
            after = entries[-1]


def _text(truth: bool) -> str:
    return "true" if truth else "false"
