"""Identifiers: ULIDs in lower case, so that text order is creation order.

The layout is the ULID specification's (48 bits of milliseconds, 80 random bits, Crockford
base 32), https://github.com/ulid/spec.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime

from deepstory.clock import Clock

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 26
_RANDOM_BITS = 80
_CHARACTERS = frozenset(_ALPHABET)

# Keys that begin so are no ids, and sort behind all of them.
BEHIND_IDS = "~"

RandomBytes = Callable[[int], bytes]


class IdFactory:
    """Make ids from an injected clock and source of randomness."""

    def __init__(self, clock: Clock, random_bytes: RandomBytes = os.urandom) -> None:
        self._clock = clock
        self._random_bytes = random_bytes

    def new(self) -> str:
        return _encode(self._clock.now(), int.from_bytes(self._random_bytes(10), "big"))


def id_of(text: str) -> str:
    """Return the id that stands for this text and no other: always the same, in no order."""
    digest = hashlib.sha256(text.encode()).digest()
    return _spelled(int.from_bytes(digest[:16], "big"))


def is_id(text: str) -> bool:
    """Tell whether the text has the form of an id, before it is used as a key."""
    return len(text) == _LENGTH and _CHARACTERS.issuperset(text) and text[0] <= "7"


def first_id_at(moment: datetime) -> str:
    """Return the smallest id that can be made at this moment: a bound for range queries."""
    return _encode(moment, 0)


def created_at(identifier: str) -> datetime:
    """Return the millisecond in which the id was made."""
    value = 0
    for character in identifier:
        value = value << 5 | _ALPHABET.index(character)
    return datetime.fromtimestamp((value >> _RANDOM_BITS) / 1000, UTC)


def _encode(moment: datetime, randomness: int) -> str:
    return _spelled(int(moment.timestamp() * 1000) << _RANDOM_BITS | randomness)


def _spelled(value: int) -> str:
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))
