"""Writing and reading posts."""

from __future__ import annotations

import msgspec
from chalice.app import Blueprint

from chalicelib.calls import Call, Reply
from chalicelib.endpoints import Endpoints
from chalicelib.runtime import services
from chalicelib.schemas.common import PageView, position
from chalicelib.schemas.post_lists import OwnPostsQuery, PostsQuery
from chalicelib.schemas.posts import (
    EditPost,
    PostView,
    WritePost,
    post_view,
    posts_view,
)
from chalicelib.validation import Nothing

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="posts")


def _written_before(call: Call[WritePost, Nothing], answer: str) -> Reply:
    """Answer with the post as it is now: the record of the request holds no diary text."""
    post_id = msgspec.json.decode(answer, type=str)
    details = services().posts.read(post_id=post_id, viewer_id=call.user_id)
    return Reply(body=post_view(details))


@endpoints.add(
    "POST",
    "/posts",
    body=WritePost,
    returns=PostView,
    status=201,
    idempotent=True,
    replay=_written_before,
)
def write_post(call: Call[WritePost, Nothing]) -> PostView:
    """Write an entry, with or without its picture; the picture may still be developing."""
    details = services().posts.write(
        author_id=call.user_id,
        draft=call.body.draft(),
        claim=call.claim(lambda post: post.post_id),
    )
    return post_view(details)


@endpoints.add("GET", "/posts", query=PostsQuery, returns=PageView[PostView])
def list_posts(call: Call[Nothing, PostsQuery]) -> PageView[PostView]:
    """List public posts: the newest, or the most liked of today, this week, month or ever.

    With `tag` or `q` the list holds what matches; what was written a moment ago follows in
    moments. A page of it may be short, or empty, while `next_cursor` says that more follows:
    each page looks through a bounded number of posts.
    """
    query = call.query
    scope = "\0".join(("posts", query.sort, query.period, query.tag or "", query.q or ""))
    if query.tag is not None or query.q is not None:
        found = services().search.find(
            text=query.q,
            tag=query.tag,
            sort=query.sort,
            period=query.period,
            viewer_id=call.viewer_id,
            limit=query.limit,
            position=position(query, scope),
        )
        return posts_view(found, scope)
    page = services().posts.public(
        sort=query.sort,
        period=query.period,
        viewer_id=call.viewer_id,
        limit=query.limit,
        position=position(query, scope),
    )
    return posts_view(page, scope)


@endpoints.add("GET", "/posts/{post_id}", returns=PostView)
def get_post(call: Call[Nothing, Nothing]) -> PostView:
    """Return a public post, or one's own."""
    details = services().posts.read(
        post_id=call.path_id("post_id"), viewer_id=call.viewer_id, as_admin=call.is_admin
    )
    return post_view(details)


@endpoints.add("PATCH", "/posts/{post_id}", body=EditPost, returns=PostView)
def edit_post(call: Call[EditPost, Nothing]) -> PostView:
    """Change what is given and keep the rest."""
    details = services().posts.edit(
        post_id=call.path_id("post_id"), author_id=call.user_id, changes=call.body.changes()
    )
    return post_view(details)


@endpoints.add("DELETE", "/posts/{post_id}", status=204)
def delete_post(call: Call[Nothing, Nothing]) -> Reply:
    """Delete one's own post; its picture stays in the gallery."""
    services().posts.delete(post_id=call.path_id("post_id"), author_id=call.user_id)
    return Reply()


@endpoints.add("GET", "/me/posts", query=OwnPostsQuery, returns=PageView[PostView])
def list_own_posts(call: Call[Nothing, OwnPostsQuery]) -> PageView[PostView]:
    """List one's own posts, private ones too, newest first.

    With `q` a page may be short, or empty, while `next_cursor` says that more follows.
    """
    scope = f"own posts {call.user_id}\0{call.query.q or ''}"
    if call.query.q is not None:
        found = services().search.find_own(
            text=call.query.q,
            owner_id=call.user_id,
            limit=call.query.limit,
            position=position(call.query, scope),
        )
        return posts_view(found, scope)
    page = services().posts.own(
        author_id=call.user_id, limit=call.query.limit, position=position(call.query, scope)
    )
    return posts_view(page, scope)
