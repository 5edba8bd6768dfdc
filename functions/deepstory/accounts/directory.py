"""The orders in which administrators look through people."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

Order = Literal["by_joined", "by_email", "by_name"]


class DirectoryEntry(msgspec.Struct, frozen=True):
    """A user's place in an order: ``key`` is what the order goes by."""

    user_id: str
    key: str


class UserDirectory(Protocol):
    def entries(
        self, order: Order, *, prefix: str, limit: int, after: DirectoryEntry | None
    ) -> Sequence[DirectoryEntry]:
        """Return the entries after one whose key begins so; fewer than ``limit`` are the last.

        Those who joined last come first; addresses and names go by the alphabet. Entries may be
        a moment old: read the users before showing anything.
        """


def name_key(name: str) -> str:
    """Return the form in which names are compared: NFKC, case folded, no outer space."""
    return unicodedata.normalize("NFKC", name).strip().casefold()
