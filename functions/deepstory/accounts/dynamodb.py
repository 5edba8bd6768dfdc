"""Users, their directory and their sessions in DynamoDB."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from pynamodb.connection import Connection
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from deepstory.accounts.directory import DirectoryEntry, Order, name_key
from deepstory.accounts.entities import Session, User
from deepstory.accounts.errors import EmailTakenError
from deepstory.accounts.items import (
    DIRECTORY,
    ORDER_KEYS,
    EmailItem,
    SessionItem,
    UserItem,
    session_item,
    session_of,
    user_item,
    user_of,
)
from deepstory.audit.dynamodb import DynamoDBAuditRepository
from deepstory.audit.entities import AuditEntry
from deepstory.dynamodb import (
    TransactionRefusedError,
    bound,
    is_conflict,
    is_refused,
    key_of,
    transact,
)
from deepstory.errors import UnavailableError
from deepstory.idempotency import (
    DuplicateRequestError,
    DynamoDBIdempotencyRepository,
    IdempotencyRecord,
    unclaimed,
)
from deepstory.stats.counting import moved, of_user
from deepstory.stats.dynamodb import DynamoDBCounterRepository


class DynamoDBUserRepository:
    def __init__(
        self,
        *,
        users_table: str,
        emails_table: str,
        sessions_table: str,
        idempotency: DynamoDBIdempotencyRepository,
        counters: DynamoDBCounterRepository,
        audit: DynamoDBAuditRepository,
        connection: Connection,
    ) -> None:
        self._users = bound(UserItem, users_table)
        self._emails = bound(EmailItem, emails_table)
        self._sessions = bound(SessionItem, sessions_table)
        self._idempotency = idempotency
        self._counters = counters
        self._audit = audit
        self._connection = connection

    def add(self, user: User, session: Session, record: IdempotencyRecord | None = None) -> None:
        def build(transaction: TransactWrite) -> None:
            guard = self._emails(user.email, user_id=user.user_id)
            transaction.save(guard, condition=EmailItem.email.does_not_exist())
            transaction.save(user_item(self._users, user))
            transaction.save(session_item(self._sessions, session))
            if record is not None:
                transaction.save(self._idempotency.item(record), condition=unclaimed())
            self._counters.add_to(transaction, of_user(user))

        try:
            transact(self._connection, build)
        except TransactionRefusedError as error:
            if 3 in error.failed:
                raise DuplicateRequestError from error
            raise EmailTakenError from error

    def get(self, user_id: str) -> User | None:
        try:
            return user_of(self._users.get(user_id, consistent_read=True))
        except self._users.DoesNotExist:
            return None

    def get_many(self, user_ids: Iterable[str]) -> dict[str, User]:
        wanted = sorted(set(user_ids))
        if not wanted:
            return {}
        return {item.user_id: user_of(item) for item in self._users.batch_get(wanted)}

    def find_by_email(self, email: str) -> User | None:
        try:
            user_id = self._emails.get(email, consistent_read=True).user_id
        except self._emails.DoesNotExist:
            # As many reads for an address without an account as for one with.
            user_id = f"nobody-{secrets.token_hex(8)}"
        return self.get(user_id)

    def replace_profile(self, before: User, after: User) -> bool:
        actions: list[Action] = [
            UserItem.name.set(after.name),
            UserItem.name_key.set(name_key(after.name)),
            UserItem.birth_date.set(after.birth_date.isoformat()),
            UserItem.gender.set(after.gender),
            UserItem.language.set(after.language),
            UserItem.timezone.set(after.timezone),
            UserItem.updated_at.set(after.updated_at),
        ]
        item, condition = self._users(after.user_id), _counted_as(before)
        amounts = moved(before, after)
        if not amounts:
            return _update(item, actions, condition)

        def build(transaction: TransactWrite) -> None:
            transaction.update(item, actions=actions, condition=condition)
            self._counters.add_to(transaction, amounts)

        try:
            transact(self._connection, build)
        except TransactionRefusedError:
            return False
        return True

    def replace_password(
        self, user_id: str, *, old_hash: str, new_hash: str, now: datetime
    ) -> bool:
        return _update(
            self._users(user_id),
            [UserItem.password_hash.set(new_hash), UserItem.updated_at.set(now)],
            UserItem.password_hash == old_hash,
        )

    def set_suspended(
        self, user_id: str, *, suspended_at: datetime | None, entry: AuditEntry
    ) -> bool:
        mark = UserItem.suspended_at
        action: Action = mark.remove() if suspended_at is None else mark.set(suspended_at)
        other: Condition = mark.exists() if suspended_at is None else mark.does_not_exist()

        def build(transaction: TransactWrite) -> None:
            transaction.update(
                self._users(user_id),
                actions=[action, UserItem.updated_at.set(entry.at)],
                condition=other & (UserItem.role == "user"),
            )
            self._audit.add_to(transaction, entry)

        try:
            transact(self._connection, build)
        except TransactionRefusedError:
            return False
        return True


class DynamoDBUserDirectory:
    def __init__(self, users_table: str) -> None:
        self._users = bound(UserItem, users_table)

    def entries(
        self, order: Order, *, prefix: str, limit: int, after: DirectoryEntry | None
    ) -> Sequence[DirectoryEntry]:
        key = ORDER_KEYS[order]
        start = None
        if after is not None:
            start = {"directory": DIRECTORY, "user_id": after.user_id, key: after.key}
        items = self._users.query(
            DIRECTORY,
            getattr(UserItem, key).startswith(prefix) if prefix else None,
            index_name=order,
            scan_index_forward=order != "by_joined",
            limit=limit,
            last_evaluated_key=key_of(start),
        )
        return [DirectoryEntry(item.user_id, getattr(item, key)) for item in items]


class DynamoDBSessionRepository:
    def __init__(self, sessions_table: str) -> None:
        self._sessions = bound(SessionItem, sessions_table)

    def add(self, session: Session) -> None:
        session_item(self._sessions, session).save()

    def get(self, user_id: str, session_id: str) -> Session | None:
        try:
            return session_of(self._sessions.get(user_id, session_id, consistent_read=True))
        except self._sessions.DoesNotExist:
            return None

    def rotate(self, session: Session, *, expected_hash: str) -> bool:
        return _update(
            self._sessions(session.user_id, session.session_id),
            [
                SessionItem.token_hash.set(session.token_hash),
                SessionItem.previous_hash.set(expected_hash),
                SessionItem.key_id.set(session.key_id),
                SessionItem.rotated_at.set(session.rotated_at),
                SessionItem.expires_at.set(int(session.expires_at.timestamp())),
            ],
            SessionItem.token_hash == expected_hash,
        )

    def remove(self, user_id: str, session_id: str) -> None:
        self._sessions(user_id, session_id).delete()

    def suspend_all(self, user_id: str) -> None:
        for item in self._sessions.query(user_id, consistent_read=True):
            # One that was ended meanwhile must not come back.
            _update(item, [SessionItem.is_suspended.set(True)], SessionItem.user_id.exists())

    def remove_all(self, user_id: str, *, keep: str | None = None) -> None:
        with self._sessions.batch_write() as batch:
            for item in self._sessions.query(user_id, consistent_read=True):
                if item.session_id != keep:
                    batch.delete(item)


def _update(item: Model, actions: list[Action], condition: Condition) -> bool:
    try:
        item.update(actions, condition)
    except UpdateError as error:
        if is_refused(error):
            return False
        if is_conflict(error):
            raise UnavailableError(retry_after=1) from error
        raise
    return True


def _counted_as(user: User) -> Condition:
    """Return the condition that the user exists and stands in the counters as this one does."""
    same: Condition = (UserItem.birth_date == user.birth_date.isoformat()) & (
        UserItem.gender == user.gender
    )
    return same
