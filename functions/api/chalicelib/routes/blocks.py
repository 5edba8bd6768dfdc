"""Keeping people away."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.calls import Call, Reply
from chalicelib.endpoints import Endpoints
from chalicelib.runtime import services
from chalicelib.schemas.blocks import BlockView, blocks_view
from chalicelib.schemas.common import PageQuery, PageView, position
from chalicelib.validation import Nothing

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="blocks")


@endpoints.add("GET", "/me/blocks", query=PageQuery, returns=PageView[BlockView])
def list_blocks(call: Call[Nothing, PageQuery]) -> PageView[BlockView]:
    """List whom one blocked, in the order in which those signed up."""
    scope = f"blocks {call.user_id}"
    page = services().blocks.list_of(
        user_id=call.user_id, limit=call.query.limit, position=position(call.query, scope)
    )
    return blocks_view(page, scope)


@endpoints.add("PUT", "/me/blocks/{user_id}", status=204, errors=(409,))
def block_user(call: Call[Nothing, Nothing]) -> Reply:
    """Block somebody; twice is the same as once.

    From then on neither of the two finds the other, their posts and their comments, nor can they
    like, comment on or be told of anything of the other. A secret diary of the two closes, and
    what one asked the other arrives no more.
    """
    services().blocks.block(user_id=call.user_id, blocked_id=call.path_id("user_id"))
    return Reply()


@endpoints.add("DELETE", "/me/blocks/{user_id}", status=204)
def unblock_user(call: Call[Nothing, Nothing]) -> Reply:
    """Take a block back; without one nothing happens."""
    services().blocks.unblock(user_id=call.user_id, blocked_id=call.path_id("user_id"))
    return Reply()
