from __future__ import annotations

from chalicelib.schemas.common import PageView, Timestamp, View, page_view, timestamp
from chalicelib.schemas.posts import AuthorView
from deepstory.blocks.entities import ShownBlock
from deepstory.paging import Page


class BlockView(View):
    user: AuthorView
    created_at: Timestamp


def blocks_view(page: Page[ShownBlock], scope: str) -> PageView[BlockView]:
    return page_view(page, [_view(shown) for shown in page.items], scope)


def _view(shown: ShownBlock) -> BlockView:
    return BlockView(
        user=AuthorView(id=shown.block.blocked_id, name=shown.name),
        created_at=timestamp(shown.block.created_at),
    )
