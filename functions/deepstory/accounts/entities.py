"""Users and sessions as the use cases see them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

Gender = Literal["female", "male", "other", "undisclosed"]
Language = Literal["ko", "en"]
Role = Literal["user", "admin"]


class User(msgspec.Struct, frozen=True, kw_only=True):
    user_id: str
    email: str
    name: str
    password_hash: str
    birth_date: date
    gender: Gender
    language: Language
    timezone: str
    role: Role
    created_at: datetime
    updated_at: datetime
    suspended_at: datetime | None = None

    @property
    def is_suspended(self) -> bool:
        return self.suspended_at is not None


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What everyone may know of somebody."""

    user_id: str
    name: str
    since: datetime


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One login, and the family of refresh tokens that descend from it.

    Only hashes of refresh tokens are kept. ``key_id`` names the signing key from which the
    current token was derived, so that the reply can be made again if it was lost. A suspended
    user's sessions are marked, because each request reads its session and not the user.
    """

    user_id: str
    session_id: str
    role: Role
    token_hash: str
    previous_hash: str | None
    key_id: str
    rotated_at: datetime
    created_at: datetime
    expires_at: datetime
    is_suspended: bool = False


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """What a client gets: ``expires_in`` and ``refresh_expires_in`` are seconds."""

    access_token: str
    expires_in: int
    refresh_token: str
    refresh_expires_in: int


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """Who makes a request, as proved by an access token of a live session."""

    user_id: str
    session_id: str
    role: Role
