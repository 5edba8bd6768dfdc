"""Use cases of blocking."""

from __future__ import annotations

from collections.abc import Sequence

from deepstory.blocks.entities import Block, ShownBlock
from deepstory.blocks.errors import CannotBlockYourselfError
from deepstory.blocks.repository import BlockRepository, Names, Parting
from deepstory.clock import Clock
from deepstory.errors import NotFoundError
from deepstory.pages import filled_page
from deepstory.paging import Page, Position


class BlockService:
    def __init__(
        self, *, blocks: BlockRepository, parting: Parting, names: Names, clock: Clock
    ) -> None:
        self._blocks = blocks
        self._parting = parting
        self._names = names
        self._clock = clock

    def block(self, *, user_id: str, blocked_id: str) -> None:
        """Keep somebody away; twice is the same as once. A secret diary with them closes.

        Raises
        ------
        CannotBlockYourselfError
        NotFoundError : there is nobody of this id. Who blocked first can be blocked back.
        """
        if blocked_id == user_id:
            raise CannotBlockYourselfError
        if not self._names.names_of(user_ids=[blocked_id]):
            raise NotFoundError
        now = self._clock.now()
        self._parting.block(Block(user_id=user_id, blocked_id=blocked_id, created_at=now))

    def unblock(self, *, user_id: str, blocked_id: str) -> None:
        """Take the block back; without one nothing happens."""
        self._blocks.remove(user_id=user_id, blocked_id=blocked_id)

    def must_meet(self, *, viewer_id: str | None, user_id: str) -> None:
        """Raise NotFoundError if one of the two blocked the other."""
        if viewer_id is not None and self._blocks.apart_from(viewer_id, [user_id]):
            raise NotFoundError

    def list_of(
        self, *, user_id: str, limit: int, position: Position | None = None
    ) -> Page[ShownBlock]:
        """List whom somebody blocked, in the order in which those signed up."""
        items, last = filled_page(
            lambda after, size: self._blocks.entries(user_id, limit=size, after=after),
            self._shown,
            key=lambda block: block.blocked_id,
            limit=limit,
            after=position["blocked_id"] if position else None,
        )
        return Page(items=items, next={"blocked_id": last} if last else None)

    def _shown(self, blocks: Sequence[Block]) -> list[ShownBlock | None]:
        names = self._names.names_of(user_ids=[block.blocked_id for block in blocks])
        return [
            ShownBlock(block=block, name=names[block.blocked_id])
            if block.blocked_id in names
            else None
            for block in blocks
        ]
