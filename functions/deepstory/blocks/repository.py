"""What blocking needs from storage, and what others need of blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from deepstory.blocks.entities import Block


class Blocks(Protocol):
    """What everyone needs who shows one person's things to another."""

    def apart_from(self, user_id: str, others: Iterable[str]) -> set[str]:
        """Return those of the others who blocked the user or whom the user blocked.

        Read consistently. Nobody is apart from themselves.
        """


class OwnBlocks(Protocol):
    def exists(self, *, user_id: str, blocked_id: str) -> bool:
        """Tell whether the user, and not only the other, blocked somebody. Read consistently."""


class BlockRepository(Blocks, OwnBlocks, Protocol):
    def remove(self, *, user_id: str, blocked_id: str) -> bool:
        """Delete the block; False if there is none."""

    def entries(self, user_id: str, *, limit: int, after: str | None) -> Sequence[Block]:
        """Return the user's blocks after that of a person, by the blocked people's ids.

        Fewer than ``limit`` means that there are no more.
        """


class Parting(Protocol):
    def block(self, block: Block) -> None:
        """Write the block and end in the same write whatever the two have between them.

        A second block of the same person changes nothing.
        """


class Names(Protocol):
    def names_of(self, *, user_ids: Iterable[str]) -> dict[str, str]: ...
