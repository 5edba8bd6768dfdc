from __future__ import annotations

from datetime import datetime

import msgspec


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """One person keeps another away. It works both ways: neither meets what the other writes."""

    user_id: str
    blocked_id: str
    created_at: datetime


class ShownBlock(msgspec.Struct, frozen=True, kw_only=True):
    block: Block
    name: str
