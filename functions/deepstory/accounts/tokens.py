"""Access tokens (signed, 15 minutes) and refresh tokens (random or derived, stored hashed)."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any

import jwt
import msgspec

from deepstory.accounts.errors import InvalidTokenError
from deepstory.ids import is_id
from deepstory.keys import SigningKeys, derive

ACCESS_LIFETIME = timedelta(minutes=15)
REFRESH_LIFETIME = timedelta(days=30)
ISSUER = "deepstory"
_ALGORITHM = "HS256"
_SECRET_BYTES = 32
_MAXIMUM_TOKEN_CHARACTERS = 512
_signatures = jwt.PyJWS(algorithms=[_ALGORITHM])


class AccessClaims(msgspec.Struct, frozen=True):
    user_id: str
    session_id: str


class RefreshToken(msgspec.Struct, frozen=True):
    """``user_id.session_id.secret``: the first two find the session, the secret proves it."""

    user_id: str
    session_id: str
    secret: str

    def __str__(self) -> str:
        return f"{self.user_id}.{self.session_id}.{self.secret}"

    def hashed(self) -> str:
        return hashlib.sha256(self.secret.encode()).hexdigest()

    def successor(self, key: bytes) -> RefreshToken:
        """Return the next token of the family.

        It follows from this one and the key, so a client that lost the reply, or asked twice at
        once, gets the very same token again, and none is ever stored.
        """
        message = f"{self.session_id}.{self.secret}".encode()
        return msgspec.structs.replace(self, secret=_text(derive(key, "refresh", message)))


def first_refresh_token(user_id: str, session_id: str, randomness: bytes) -> RefreshToken:
    return RefreshToken(user_id, session_id, _text(randomness[:_SECRET_BYTES]))


def parse_refresh_token(text: str) -> RefreshToken:
    """Raise InvalidTokenError unless the text has the form of a refresh token."""
    parts = text.split(".")
    if len(text) > _MAXIMUM_TOKEN_CHARACTERS or len(parts) != 3 or not text.isascii():
        raise InvalidTokenError
    user_id, session_id, secret = parts
    if not (is_id(user_id) and is_id(session_id) and secret):
        raise InvalidTokenError
    return RefreshToken(user_id, session_id, secret)


def sign_access_token(
    claims: AccessClaims, *, keys: SigningKeys, now: datetime, lifetime: timedelta
) -> str:
    key_id, key = keys.current()
    payload: dict[str, Any] = {
        "iss": ISSUER,
        "sub": claims.user_id,
        "sid": claims.session_id,
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
    }
    return jwt.encode(payload, key, algorithm=_ALGORITHM, headers={"kid": key_id})


def verify_access_token(token: str, *, keys: SigningKeys, now: datetime) -> AccessClaims:
    """Raise InvalidTokenError unless one of our keys signed the token and it is still good."""
    key = keys.find(_key_id(token))
    if key is None:
        raise InvalidTokenError
    try:
        # The signature is PyJWT's to check; the claims are decoded and checked by their type.
        payload = msgspec.json.decode(
            _signatures.decode(token, key, algorithms=[_ALGORITHM]), type=_Payload
        )
    except (jwt.PyJWTError, ValueError, msgspec.MsgspecError) as error:
        raise InvalidTokenError from error
    if payload.iss != ISSUER or payload.exp <= now.timestamp():
        raise InvalidTokenError
    return AccessClaims(user_id=payload.sub, session_id=payload.sid)


class _Header(msgspec.Struct):
    kid: str


class _Payload(msgspec.Struct):
    iss: str
    sub: str
    sid: str
    exp: int


def _key_id(token: str) -> str:
    # PyJWT's own reader takes the whole token apart, twice the work of each request's check.
    header = token.partition(".")[0]
    try:
        return msgspec.json.decode(urlsafe_b64decode(header + "=="), type=_Header).kid
    except (ValueError, msgspec.MsgspecError) as error:
        raise InvalidTokenError from error


def _text(secret: bytes) -> str:
    return urlsafe_b64encode(secret).rstrip(b"=").decode()
