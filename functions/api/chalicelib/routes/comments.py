"""Commenting on posts."""

from __future__ import annotations

import msgspec
from chalice.app import Blueprint

from chalicelib.calls import Call, Reply
from chalicelib.endpoints import Endpoints
from chalicelib.runtime import services
from chalicelib.schemas.comments import CommentView, WriteComment, comment_view, comments_view
from chalicelib.schemas.common import PageQuery, PageView, position
from chalicelib.validation import Nothing

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="comments")


def _written_before(call: Call[WriteComment, Nothing], answer: str) -> Reply:
    """Answer with the comment: the record of the request holds no text of people."""
    details = services().comments.read(
        post_id=call.path_id("post_id"),
        comment_id=msgspec.json.decode(answer, type=str),
        viewer_id=call.user_id,
    )
    return Reply(body=comment_view(details))


@endpoints.add(
    "POST",
    "/posts/{post_id}/comments",
    body=WriteComment,
    returns=CommentView,
    status=201,
    idempotent=True,
    replay=_written_before,
)
def write_comment(call: Call[WriteComment, Nothing]) -> CommentView:
    """Comment on a public post, or on one's own."""
    details = services().comments.write(
        post_id=call.path_id("post_id"),
        author_id=call.user_id,
        text=call.body.text,
        claim=call.claim(lambda comment: comment.comment_id),
    )
    return comment_view(details)


@endpoints.add("GET", "/posts/{post_id}/comments", query=PageQuery, returns=PageView[CommentView])
def list_comments(call: Call[Nothing, PageQuery]) -> PageView[CommentView]:
    """List a post's comments, the oldest first."""
    post_id = call.path_id("post_id")
    scope = f"comments {post_id}"
    page = services().comments.list_of(
        post_id=post_id,
        viewer_id=call.viewer_id,
        limit=call.query.limit,
        position=position(call.query, scope),
        as_admin=call.is_admin,
    )
    return comments_view(page, scope)


@endpoints.add("DELETE", "/posts/{post_id}/comments/{comment_id}", status=204)
def delete_comment(call: Call[Nothing, Nothing]) -> Reply:
    """Delete one's own comment, or any under one's own post."""
    services().comments.delete(
        post_id=call.path_id("post_id"),
        comment_id=call.path_id("comment_id"),
        user_id=call.user_id,
    )
    return Reply()
