"""The ring of signing keys, kept in Secrets Manager and rotated without logging anyone out.

The secret is a flat JSON object: ``{"current": "<key id>", "<key id>": "<key>", ...}``. New
tokens are signed with the current key; older keys stay until the tokens they signed are gone.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from deepstory.clock import Clock
from deepstory.errors import ConfigurationError
from deepstory.ids import created_at, is_id

SecretReader = Callable[[], str]

REFRESH_INTERVAL = timedelta(minutes=5)
# An unknown key id may be a key newer than our copy, or garbage: look again, but not at each.
UNKNOWN_KEY_INTERVAL = timedelta(seconds=10)
ROTATION_PAUSE = timedelta(days=1)
_MINIMUM_KEY_BYTES = 32


class KeyRing(msgspec.Struct, frozen=True):
    current_id: str
    keys: dict[str, bytes]


class SigningKeys:
    """Give keys by id and derive keys for other purposes, reading the secret rarely."""

    def __init__(self, read_secret: SecretReader, clock: Clock) -> None:
        self._read_secret = read_secret
        self._clock = clock
        self._ring: KeyRing | None = None
        self._read_at: datetime | None = None

    def current(self) -> tuple[str, bytes]:
        """Return the id and the bytes of the key to sign with."""
        ring = self._fresh_ring(REFRESH_INTERVAL)
        return ring.current_id, ring.keys[ring.current_id]

    def find(self, key_id: str) -> bytes | None:
        """Return a key by id, None when there is no such key."""
        key = self._fresh_ring(REFRESH_INTERVAL).keys.get(key_id)
        if key is None:
            key = self._fresh_ring(UNKNOWN_KEY_INTERVAL).keys.get(key_id)
        return key

    def _fresh_ring(self, interval: timedelta) -> KeyRing:
        now = self._clock.now()
        if self._ring is None or self._read_at is None or now - self._read_at >= interval:
            self._ring = parse_ring(self._read_secret())
            self._read_at = now
        return self._ring


def derive(key: bytes, purpose: str, message: bytes) -> bytes:
    """Return a 32-byte MAC of the message, bound to one purpose (HKDF-style key separation)."""
    purpose_key = hmac.new(key, purpose.encode(), hashlib.sha256).digest()
    return hmac.new(purpose_key, message, hashlib.sha256).digest()


def parse_ring(text: str) -> KeyRing:
    """Read the secret's text.

    Raises
    ------
    ConfigurationError : not the expected JSON, no current key, or a key under 32 bytes.
    """
    try:
        values = msgspec.json.decode(text, type=dict[str, str])
    except msgspec.DecodeError as error:
        raise ConfigurationError("the signing keys secret is not a flat JSON object") from error
    current = values.pop("current", "")
    keys = {key_id: value.encode() for key_id, value in values.items()}
    if current not in keys:
        raise ConfigurationError("the signing keys secret names no current key")
    if any(len(key) < _MINIMUM_KEY_BYTES for key in keys.values()):
        raise ConfigurationError("a signing key is shorter than 32 bytes")
    return KeyRing(current_id=current, keys=keys)


def current_key_since(text: str, moment: datetime) -> bool:
    """Tell whether the current key was made after that; the first one's age is not known."""
    key_id = parse_ring(text).current_id
    return is_id(key_id) and created_at(key_id) > moment


def add_key(text: str, *, key_id: str, key: str, keep: int = 3) -> str:
    """Return the secret's text with a new current key, keeping the latest ``keep`` keys."""
    values = msgspec.json.decode(text, type=dict[str, str])
    values.pop("current", None)
    kept = dict(list(values.items())[-(keep - 1) :])
    rotated = msgspec.json.encode({"current": key_id, **kept, key_id: key}).decode()
    parse_ring(rotated)
    return rotated
