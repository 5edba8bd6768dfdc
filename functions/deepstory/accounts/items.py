"""How users, the guards of their addresses, and sessions lie in DynamoDB."""

from __future__ import annotations

from datetime import date, datetime
from typing import cast

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from deepstory.accounts.directory import Order, name_key
from deepstory.accounts.entities import Gender, Language, Role, Session, User
from deepstory.dynamodb import TimestampAttribute

# Everybody stands in one partition of each index: so they can be listed and searched in order.
DIRECTORY = "users"


class ByJoined(GlobalSecondaryIndex["UserItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    directory = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)


class ByEmail(GlobalSecondaryIndex["UserItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    directory = UnicodeAttribute(hash_key=True)
    email = UnicodeAttribute(range_key=True)


class ByName(GlobalSecondaryIndex["UserItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    directory = UnicodeAttribute(hash_key=True)
    name_key = UnicodeAttribute(range_key=True)


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
    suspended_at = TimestampAttribute(null=True)
    directory = UnicodeAttribute(default=DIRECTORY)
    name_key = UnicodeAttribute(null=True)

    by_joined = ByJoined()
    by_email = ByEmail()
    by_name = ByName()


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
    is_suspended = BooleanAttribute(default=False)


# The range key of each index.
ORDER_KEYS: dict[Order, str] = {
    "by_joined": "user_id",
    "by_email": "email",
    "by_name": "name_key",
}


def user_item(model: type[UserItem], user: User) -> UserItem:
    return model(
        user.user_id,
        email=user.email,
        name=user.name,
        name_key=name_key(user.name),
        password_hash=user.password_hash,
        birth_date=user.birth_date.isoformat(),
        gender=user.gender,
        language=user.language,
        timezone=user.timezone,
        role=user.role,
        created_at=user.created_at,
        updated_at=user.updated_at,
        suspended_at=user.suspended_at,
    )


def user_of(item: UserItem) -> User:
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
        suspended_at=item.suspended_at,
    )


def session_item(model: type[SessionItem], session: Session) -> SessionItem:
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
        is_suspended=session.is_suspended,
    )


def session_of(item: SessionItem) -> Session:
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
        is_suspended=item.is_suspended,
    )
