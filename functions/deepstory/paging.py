"""Lists in pages, and cursors that only this service can make."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import msgspec

from deepstory.errors import InvalidCursorError
from deepstory.keys import SigningKeys, derive

T = TypeVar("T")
U = TypeVar("U")

DEFAULT_LIMIT = 20
MAXIMUM_LIMIT = 100
_MAC_BYTES = 16

# Where a page ended: the key attributes of its last item, all text.
Position = dict[str, str]


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One page; ``next`` is None exactly when nothing follows."""

    items: Sequence[T]
    next: Position | None = None

    def map(self, convert: Callable[[T], U]) -> Page[U]:
        return Page(items=[convert(item) for item in self.items], next=self.next)


class CursorCodec:
    """Turn positions into signed text and back.

    A cursor is bound to a scope (the list, its filters and, for own lists, the user), so that
    one list's cursor is refused by another.
    """

    def __init__(self, keys: SigningKeys) -> None:
        self._keys = keys

    def encode(self, position: Position, scope: str) -> str:
        key_id, key = self._keys.current()
        payload = msgspec.json.encode((key_id, position))
        return urlsafe_b64encode(_mac(key, scope, payload) + payload).rstrip(b"=").decode()

    def decode(self, cursor: str, scope: str) -> Position:
        """Raise InvalidCursorError unless this service made the cursor for this scope."""
        try:
            raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
            mac, payload = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
            key_id, position = msgspec.json.decode(payload, type=tuple[str, Position])
        except (ValueError, msgspec.MsgspecError) as error:
            raise InvalidCursorError from error
        key = self._keys.find(key_id)
        if key is None or not hmac.compare_digest(mac, _mac(key, scope, payload)):
            raise InvalidCursorError
        return position


def _mac(key: bytes, scope: str, payload: bytes) -> bytes:
    return derive(key, "cursor", scope.encode() + b"\0" + payload)[:_MAC_BYTES]
