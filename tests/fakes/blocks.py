"""Blocks in memory, with the behaviour that the contract tests demand of both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from deepstory.blocks.entities import Block


class MemoryBlockRepository:
    def __init__(self) -> None:
        self.blocks: dict[tuple[str, str], Block] = {}

    def apart_from(self, user_id: str, others: Iterable[str]) -> set[str]:
        return {
            other
            for other in others
            if (user_id, other) in self.blocks or (other, user_id) in self.blocks
        }

    def add(self, block: Block) -> bool:
        key = (block.user_id, block.blocked_id)
        if key in self.blocks:
            return False
        self.blocks[key] = block
        return True

    def exists(self, *, user_id: str, blocked_id: str) -> bool:
        return (user_id, blocked_id) in self.blocks

    def remove(self, *, user_id: str, blocked_id: str) -> bool:
        return self.blocks.pop((user_id, blocked_id), None) is not None

    def entries(self, user_id: str, *, limit: int, after: str | None) -> Sequence[Block]:
        keys = sorted(key for key in self.blocks if key[0] == user_id)
        return [self.blocks[key] for key in keys if after is None or key[1] > after][:limit]
