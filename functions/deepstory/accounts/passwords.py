"""Password hashing with Argon2id, at OWASP's first recommended setting (19 MiB, t=2, p=1)."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MINIMUM_LENGTH = 10
MAXIMUM_LENGTH = 128
MEMORY_KIB = 19 * 1024
ITERATIONS = 2
LANES = 1


class Passwords(Protocol):
    def hash(self, password: str) -> str: ...

    def matches(self, password: str, password_hash: str | None) -> bool:
        """Compare; for None take as long as for a real hash and return False."""


class Argon2Passwords:
    """Hash passwords; the library loads on first use, most requests never need it."""

    def __init__(self, *, memory_kib: int = MEMORY_KIB) -> None:
        self._memory_kib = memory_kib
        self._hasher: PasswordHasher | None = None
        self._decoy: str | None = None

    def hash(self, password: str) -> str:
        return self._loaded().hash(_normalised(password))

    def matches(self, password: str, password_hash: str | None) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        hasher = self._loaded()
        if self._decoy is None:
            self._decoy = hasher.hash("no account has this password")
        try:
            hasher.verify(password_hash or self._decoy, _normalised(password))
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None

    def _loaded(self) -> PasswordHasher:
        if self._hasher is None:
            from argon2 import PasswordHasher

            self._hasher = PasswordHasher(
                time_cost=ITERATIONS, memory_cost=self._memory_kib, parallelism=LANES
            )
        return self._hasher


def _normalised(password: str) -> str:
    # The same keys give different code points on different systems (RFC 8265, OpaqueString).
    return unicodedata.normalize("NFC", password)
