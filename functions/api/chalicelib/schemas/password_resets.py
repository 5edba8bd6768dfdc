from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import msgspec

from chalicelib.schemas.accounts import Email, Password, clean_email, clean_password
from chalicelib.validation import Cleaner, Input
from deepstory.password_resets.entities import MAXIMUM_TOKEN_CHARACTERS

ResetTokenText = Annotated[str, msgspec.Meta(min_length=1, max_length=MAXIMUM_TOKEN_CHARACTERS)]


class RequestReset(Input):
    email: Email

    cleaners: ClassVar[Mapping[str, Cleaner]] = {"email": clean_email}


class ConfirmReset(Input):
    """``token`` is what the mailed link has after ``#token=``."""

    token: ResetTokenText
    password: Password

    cleaners: ClassVar[Mapping[str, Cleaner]] = {"password": clean_password}
