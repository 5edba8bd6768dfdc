"""Liking secret entries, and commenting on them."""

from __future__ import annotations

from typing import Any

import msgspec
from chalice.app import Blueprint

from chalicelib.calls import Call, Reply
from chalicelib.endpoints import Endpoints
from chalicelib.runtime import services
from chalicelib.schemas.comments import CommentView, WriteComment, comment_view, comments_view
from chalicelib.schemas.common import PageQuery, PageView, position
from chalicelib.schemas.posts import LikeView, like_view
from chalicelib.validation import Nothing

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="secret diaries")

_ENTRY = "/diaries/{diary_id}/entries/{entry_id}"


def _place(call: Call[Any, Any]) -> dict[str, str]:
    return {"diary_id": call.path_id("diary_id"), "entry_id": call.path_id("entry_id")}


@endpoints.add("PUT", f"{_ENTRY}/like", returns=LikeView)
def like_secret_entry(call: Call[Nothing, Nothing]) -> LikeView:
    """Like an entry; liking twice is the same as once."""
    return like_view(services().secret_likes.like(**_place(call), user_id=call.user_id))


@endpoints.add("DELETE", f"{_ENTRY}/like", returns=LikeView)
def unlike_secret_entry(call: Call[Nothing, Nothing]) -> LikeView:
    """Take one's like back; twice is the same as once."""
    return like_view(services().secret_likes.unlike(**_place(call), user_id=call.user_id))


def _written_before(call: Call[WriteComment, Nothing], answer: str) -> Reply:
    """Answer with the comment: the record of the request holds no text of people."""
    details = services().secret_comments.read(
        **_place(call),
        comment_id=msgspec.json.decode(answer, type=str),
        user_id=call.user_id,
    )
    return Reply(body=comment_view(details))


@endpoints.add(
    "POST",
    f"{_ENTRY}/comments",
    body=WriteComment,
    returns=CommentView,
    status=201,
    idempotent=True,
    replay=_written_before,
)
def write_secret_comment(call: Call[WriteComment, Nothing]) -> CommentView:
    """Comment on an entry of either friend."""
    details = services().secret_comments.write(
        **_place(call),
        author_id=call.user_id,
        text=call.body.text,
        claim=call.claim(lambda comment: comment.comment_id),
    )
    return comment_view(details)


@endpoints.add("GET", f"{_ENTRY}/comments", query=PageQuery, returns=PageView[CommentView])
def list_secret_comments(call: Call[Nothing, PageQuery]) -> PageView[CommentView]:
    """List an entry's comments, the oldest first."""
    place = _place(call)
    scope = f"secret comments {place['entry_id']}"
    page = services().secret_comments.list_of(
        **place,
        user_id=call.user_id,
        limit=call.query.limit,
        position=position(call.query, scope),
    )
    return comments_view(page, scope)


@endpoints.add("DELETE", f"{_ENTRY}/comments/{{comment_id}}", status=204)
def delete_secret_comment(call: Call[Nothing, Nothing]) -> Reply:
    """Delete one's own comment, or any under one's own entry."""
    services().secret_comments.delete(
        **_place(call), comment_id=call.path_id("comment_id"), user_id=call.user_id
    )
    return Reply()
