from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

import msgspec

from chalicelib.schemas.common import Timestamp, View, line, timestamp
from chalicelib.validation import Cleaner, Input
from deepstory.accounts.entities import Gender, Language, Profile, Role, Tokens, User
from deepstory.accounts.passwords import MAXIMUM_LENGTH, MINIMUM_LENGTH
from deepstory.accounts.service import normalised_email
from deepstory.texts import clean

NAME_CHARACTERS = 40
EMAIL_CHARACTERS = 254  # RFC 5321, section 4.5.3.1.3
_EARLIEST_BIRTH = date(1900, 1, 1)
# One @, a domain with a dot, no space: the address is proved by mail, not by a pattern.
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")

Email = Annotated[str, msgspec.Meta(max_length=EMAIL_CHARACTERS, examples=["you@example.com"])]
Password = Annotated[str, msgspec.Meta(min_length=MINIMUM_LENGTH, max_length=MAXIMUM_LENGTH)]
AnyPassword = Annotated[str, msgspec.Meta(min_length=1, max_length=MAXIMUM_LENGTH)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_CHARACTERS)]
TimeZone = Annotated[str, msgspec.Meta(max_length=64, examples=["Asia/Seoul"])]
RefreshTokenText = Annotated[str, msgspec.Meta(max_length=512)]


class Delivery(StrEnum):
    """Where a refresh token travels: browsers keep it in a cookie, apps read the body."""

    COOKIE = "cookie"
    BODY = "body"


def clean_email(text: str) -> str:
    email = normalised_email(clean(text))
    if len(email) > EMAIL_CHARACTERS or not _EMAIL.fullmatch(email):
        raise ValueError("must be an e-mail address")
    return email


def clean_password(text: str) -> str:
    text.encode()  # a lone surrogate raises UnicodeEncodeError, which is a ValueError
    return text


def _birth_date(day: date) -> date:
    if not _EARLIEST_BIRTH <= day <= date.today():
        raise ValueError("must be a day from 1900-01-01 to today")
    return day


def time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:
        raise ValueError("must be a time zone such as Asia/Seoul") from error
    return name


_name: Cleaner = line(NAME_CHARACTERS)


class SignUp(Input):
    email: Email
    password: Password
    name: Name
    birth_date: date
    gender: Gender
    language: Language = "ko"
    timezone: TimeZone = "Asia/Seoul"
    token_delivery: Delivery = Delivery.COOKIE

    cleaners: ClassVar[Mapping[str, Cleaner]] = {
        "email": clean_email,
        "password": clean_password,
        "name": _name,
        "birth_date": _birth_date,
        "timezone": time_zone,
    }


class LogIn(Input):
    email: Email
    password: AnyPassword
    token_delivery: Delivery = Delivery.COOKIE

    cleaners: ClassVar[Mapping[str, Cleaner]] = {"email": clean_email, "password": clean_password}


class Refresh(Input):
    refresh_token: RefreshTokenText | None = None
    token_delivery: Delivery | None = None


class LogOut(Input):
    refresh_token: RefreshTokenText | None = None


class UpdateMe(Input):
    name: Name | None = None
    birth_date: date | None = None
    gender: Gender | None = None
    language: Language | None = None
    timezone: TimeZone | None = None

    cleaners: ClassVar[Mapping[str, Cleaner]] = {
        "name": _name,
        "birth_date": _birth_date,
        "timezone": time_zone,
    }


class ChangePassword(Input):
    current_password: AnyPassword
    new_password: Password

    cleaners: ClassVar[Mapping[str, Cleaner]] = {
        "current_password": clean_password,
        "new_password": clean_password,
    }


class DeleteMe(Input):
    password: AnyPassword

    cleaners: ClassVar[Mapping[str, Cleaner]] = {"password": clean_password}


class UserView(View):
    id: str
    email: str
    name: str
    birth_date: date
    gender: Gender
    language: Language
    timezone: str
    role: Role
    created_at: Timestamp


class ProfileView(View):
    """What everyone may know of somebody."""

    id: str
    name: str
    since: Timestamp


class SessionView(View, omit_defaults=True):
    """``refresh_token`` is in the body only when ``token_delivery`` was ``body``."""

    user: UserView
    access_token: str
    expires_in: int
    refresh_token: str | None = None


def user_view(user: User) -> UserView:
    return UserView(
        id=user.user_id,
        email=user.email,
        name=user.name,
        birth_date=user.birth_date,
        gender=user.gender,
        language=user.language,
        timezone=user.timezone,
        role=user.role,
        created_at=timestamp(user.created_at),
    )


def profile_view(profile: Profile) -> ProfileView:
    return ProfileView(id=profile.user_id, name=profile.name, since=timestamp(profile.since))


def session_view(user: User, tokens: Tokens, *, in_body: bool) -> SessionView:
    return SessionView(
        user=user_view(user),
        access_token=tokens.access_token,
        expires_in=tokens.expires_in,
        refresh_token=tokens.refresh_token if in_body else None,
    )
