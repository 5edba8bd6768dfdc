"""Liking posts, and the posts one liked."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.calls import Call
from chalicelib.endpoints import Endpoints
from chalicelib.runtime import services
from chalicelib.schemas.common import PageQuery, PageView, position
from chalicelib.schemas.posts import LikeView, PostView, like_view, posts_view
from chalicelib.validation import Nothing

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="likes")


@endpoints.add("PUT", "/posts/{post_id}/like", returns=LikeView)
def like_post(call: Call[Nothing, Nothing]) -> LikeView:
    """Like a post; liking twice is the same as once."""
    state = services().likes.like(post_id=call.path_id("post_id"), user_id=call.user_id)
    return like_view(state)


@endpoints.add("DELETE", "/posts/{post_id}/like", returns=LikeView)
def unlike_post(call: Call[Nothing, Nothing]) -> LikeView:
    """Take one's like back; twice is the same as once."""
    state = services().likes.unlike(post_id=call.path_id("post_id"), user_id=call.user_id)
    return like_view(state)


@endpoints.add("GET", "/me/likes", query=PageQuery, returns=PageView[PostView])
def list_liked_posts(call: Call[Nothing, PageQuery]) -> PageView[PostView]:
    """List the posts one likes, latest like first."""
    scope = f"liked posts {call.user_id}"
    page = services().likes.liked(
        user_id=call.user_id, limit=call.query.limit, position=position(call.query, scope)
    )
    return posts_view(page, scope)
