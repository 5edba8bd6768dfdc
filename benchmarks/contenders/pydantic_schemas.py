"""The request and the answer as pydantic models, for the contenders that use pydantic."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from benchmarks.contenders import known_zone
from deepstory.accounts.entities import User
from deepstory.clock import to_rfc3339
from deepstory.texts import required


def _name(text: str) -> str:
    return required(text, maximum=40)


class UpdateMe(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_name)]
    language: Literal["ko", "en"]
    timezone: Annotated[str, Field(max_length=64), AfterValidator(known_zone)]
    birth_date: date


class UserOut(BaseModel):
    id: str
    email: str
    name: str
    birth_date: date
    gender: Literal["female", "male", "other", "undisclosed"]
    language: Literal["ko", "en"]
    timezone: str
    role: Literal["user", "admin"]
    created_at: str


def user_out(user: User) -> UserOut:
    return UserOut(
        id=user.user_id,
        email=user.email,
        name=user.name,
        birth_date=user.birth_date,
        gender=user.gender,
        language=user.language,
        timezone=user.timezone,
        role=user.role,
        created_at=to_rfc3339(user.created_at),
    )
