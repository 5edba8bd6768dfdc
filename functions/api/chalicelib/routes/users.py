"""People as everyone sees them, and what they posted."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.calls import Call
from chalicelib.endpoints import Endpoints
from chalicelib.runtime import services
from chalicelib.schemas.accounts import ProfileView, profile_view
from chalicelib.schemas.common import PageQuery, PageView, position
from chalicelib.schemas.posts import PostView, posts_view
from chalicelib.validation import Nothing

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="users")


@endpoints.add("GET", "/users/{user_id}", returns=ProfileView)
def get_user(call: Call[Nothing, Nothing]) -> ProfileView:
    """Return somebody's name and since when they are here."""
    user_id = call.path_id("user_id")
    services().blocks.must_meet(viewer_id=call.viewer_id, user_id=user_id)
    return profile_view(services().accounts.profile(user_id=user_id))


@endpoints.add("GET", "/users/{user_id}/posts", query=PageQuery, returns=PageView[PostView])
def list_posts_of_user(call: Call[Nothing, PageQuery]) -> PageView[PostView]:
    """List somebody's public posts, newest first; one's own private ones are in /me/posts."""
    author_id = call.path_id("user_id")
    services().blocks.must_meet(viewer_id=call.viewer_id, user_id=author_id)
    scope = f"posts of {author_id}"
    page = services().posts.of_author(
        author_id=author_id,
        viewer_id=call.viewer_id,
        limit=call.query.limit,
        position=position(call.query, scope),
    )
    return posts_view(page, scope)
