"""Requests to reset a password, and the one-time tokens that answer them."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta

import msgspec

from deepstory.ids import is_id
from deepstory.password_resets.errors import InvalidResetTokenError

LIFETIME = timedelta(minutes=30)
# A request that is delivered again must find what became of it.
KEPT_FOR = timedelta(days=15)
SECRET_BYTES = 32
MAXIMUM_TOKEN_CHARACTERS = 128


class ResetRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asked for; whether the address has an account is found out later."""

    request_id: str
    email: str
    requested_at: datetime

    @property
    def valid_until(self) -> datetime:
        return self.requested_at + LIFETIME


class Reset(msgspec.Struct, frozen=True, kw_only=True):
    """The one reset that counts for a user: that of the latest request.

    The token is kept as a hash. ``is_sent`` says that its mail was handed over.
    """

    user_id: str
    request_id: str
    token_hash: str
    valid_until: datetime
    is_sent: bool = False
    is_used: bool = False


class ResetToken(msgspec.Struct, frozen=True):
    """``user_id.secret``: the first finds the reset, the secret proves it."""

    user_id: str
    secret: str

    def __str__(self) -> str:
        return f"{self.user_id}.{self.secret}"

    def hashed(self) -> str:
        return hashlib.sha256(self.secret.encode()).hexdigest()


def new_token(user_id: str, randomness: bytes) -> ResetToken:
    return ResetToken(user_id, urlsafe_b64encode(randomness).rstrip(b"=").decode())


def parse_token(text: str) -> ResetToken:
    """Raise InvalidResetTokenError unless the text has the form of a token."""
    user_id, _, secret = text.partition(".")
    if not (is_id(user_id) and secret and text.isascii()):
        raise InvalidResetTokenError
    return ResetToken(user_id, secret)
