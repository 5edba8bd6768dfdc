"""Users, the guards of their addresses, and sessions in DynamoDB."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from typing import cast

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from deepstory.accounts.entities import Gender, Language, Role, Session, User
from deepstory.accounts.errors import EmailTakenError
from deepstory.dynamodb import (
    TimestampAttribute,
    TransactionRefusedError,
    bound,
    is_refused,
    transact,
)
from deepstory.idempotency import (
    DuplicateRequestError,
    DynamoDBIdempotencyRepository,
    IdempotencyRecord,
    unclaimed,
)
from deepstory.stats.counting import moved, of_user
from deepstory.stats.dynamodb import DynamoDBCounterRepository


class UserItem(Model):
    user_id = UnicodeAttribute(hash_key=True)
    email = UnicodeAttribute()
    name = UnicodeAttribute()
    password_hash = UnicodeAttribute()
    birth_date = UnicodeAttribute()
    gender = UnicodeAttribute()
    language = UnicodeAttribute()
    timezone = UnicodeAttribute()
    role = UnicodeAttribute()
    created_at = TimestampAttribute()
    updated_at = TimestampAttribute()


class EmailItem(Model):
    email = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute()


class SessionItem(Model):
    user_id = UnicodeAttribute(hash_key=True)
    session_id = UnicodeAttribute(range_key=True)
    role = UnicodeAttribute()
    token_hash = UnicodeAttribute()
    previous_hash = UnicodeAttribute(null=True)
    key_id = UnicodeAttribute()
    rotated_at = TimestampAttribute()
    created_at = TimestampAttribute()
    expires_at = NumberAttribute()


class DynamoDBUserRepository:
    def __init__(
        self,
        *,
        users_table: str,
        emails_table: str,
        sessions_table: str,
        idempotency: DynamoDBIdempotencyRepository,
        counters: DynamoDBCounterRepository,
        connection: Connection,
    ) -> None:
        self._users = bound(UserItem, users_table)
        self._emails = bound(EmailItem, emails_table)
        self._sessions = bound(SessionItem, sessions_table)
        self._idempotency = idempotency
        self._counters = counters
        self._connection = connection

    def add(self, user: User, session: Session, record: IdempotencyRecord | None = None) -> None:
        def build(transaction: TransactWrite) -> None:
            guard = self._emails(user.email, user_id=user.user_id)
            transaction.save(guard, condition=EmailItem.email.does_not_exist())
            transaction.save(self._user_item(user))
            transaction.save(_session_item(self._sessions, session))
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
            return _user(self._users.get(user_id, consistent_read=True))
        except self._users.DoesNotExist:
            return None

    def get_many(self, user_ids: Iterable[str]) -> dict[str, User]:
        wanted = sorted(set(user_ids))
        if not wanted:
            return {}
        return {item.user_id: _user(item) for item in self._users.batch_get(wanted)}

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

    def _user_item(self, user: User) -> UserItem:
        return self._users(
            user.user_id,
            email=user.email,
            name=user.name,
            password_hash=user.password_hash,
            birth_date=user.birth_date.isoformat(),
            gender=user.gender,
            language=user.language,
            timezone=user.timezone,
            role=user.role,
            created_at=user.created_at,
            updated_at=user.updated_at,
        )


class DynamoDBSessionRepository:
    def __init__(self, sessions_table: str) -> None:
        self._sessions = bound(SessionItem, sessions_table)

    def add(self, session: Session) -> None:
        _session_item(self._sessions, session).save()

    def get(self, user_id: str, session_id: str) -> Session | None:
        try:
            return _session(self._sessions.get(user_id, session_id, consistent_read=True))
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
        raise
    return True


def _counted_as(user: User) -> Condition:
    """Return the condition that the user exists and stands in the counters as this one does."""
    same: Condition = (UserItem.birth_date == user.birth_date.isoformat()) & (
        UserItem.gender == user.gender
    )
    return same


def _user(item: UserItem) -> User:
    return User(
        user_id=item.user_id,
        email=item.email,
        name=item.name,
        password_hash=item.password_hash,
        birth_date=date.fromisoformat(item.birth_date),
        gender=cast(Gender, item.gender),
        language=cast(Language, item.language),
        timezone=item.timezone,
        role=cast(Role, item.role),
        created_at=item.created_at,
        updated_at=item.updated_at,
    )


def _session_item(model: type[SessionItem], session: Session) -> SessionItem:
    return model(
        session.user_id,
        session.session_id,
        role=session.role,
        token_hash=session.token_hash,
        previous_hash=session.previous_hash,
        key_id=session.key_id,
        rotated_at=session.rotated_at,
        created_at=session.created_at,
        expires_at=int(session.expires_at.timestamp()),
    )


def _session(item: SessionItem) -> Session:
    return Session(
        user_id=item.user_id,
        session_id=item.session_id,
        role=cast(Role, item.role),
        token_hash=item.token_hash,
        previous_hash=item.previous_hash,
        key_id=item.key_id,
        rotated_at=item.rotated_at,
        created_at=item.created_at,
        expires_at=datetime.fromtimestamp(int(item.expires_at), item.created_at.tzinfo),
    )
