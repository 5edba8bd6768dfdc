"""Comments, and what they belong to."""

from __future__ import annotations

from datetime import datetime

import msgspec

TEXT_CHARACTERS = 1000

_POST = "post#"


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """``parent`` is the key of what was commented on: so far always a post's.

    ``hidden`` comments are seen by nobody but their authors and administrators.
    """

    parent: str
    comment_id: str
    author_id: str
    text: str
    created_at: datetime
    hidden: bool = False


class CommentDetails(msgspec.Struct, frozen=True, kw_only=True):
    """A comment as it is shown."""

    comment: Comment
    author_name: str


def of_post(post_id: str) -> str:
    """Return the parent of a post's comments; other kinds of parents begin otherwise."""
    return f"{_POST}{post_id}"


def post_of(parent: str) -> str | None:
    """Return the id of the post that the parent is; None if it is something else."""
    return parent.removeprefix(_POST) if parent.startswith(_POST) else None
