"""A set that fits into a checkpoint, at the price of sometimes taking a stranger for a member."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

# One stranger in a hundred is taken for a member.
_BITS_PER_MEMBER = 10
_HASHES = 7
_SMALLEST = 10_000


class MemberFilter(msgspec.Struct):
    """A Bloom filter. The salt decides which strangers are mistaken: not the same every night."""

    salt: str
    bits: bytearray

    def add(self, member: str) -> None:
        for place in self._places(member):
            self.bits[place >> 3] |= 1 << (place & 7)

    def __contains__(self, member: str) -> bool:
        return all(self.bits[place >> 3] >> (place & 7) & 1 for place in self._places(member))

    def _places(self, member: str) -> Iterator[int]:
        digest = hashlib.blake2b(f"{self.salt}\0{member}".encode(), digest_size=16).digest()
        # Two hashes are as good as many (Kirsch and Mitzenmacher, 2006).
        first, step = int.from_bytes(digest[:8]), int.from_bytes(digest[8:])
        for number in range(_HASHES):
            yield (first + number * step) % (8 * len(self.bits))


def member_filter(*, salt: str, expected: int) -> MemberFilter:
    """Return an empty filter; more members than expected only mistake more strangers."""
    return MemberFilter(salt, bytearray(max(expected, _SMALLEST) * _BITS_PER_MEMBER // 8 + 1))
