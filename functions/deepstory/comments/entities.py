"""Comments, and what they belong to."""

from __future__ import annotations

from datetime import datetime

import msgspec

from deepstory.secret_diaries.entities import entry_of

TEXT_CHARACTERS = 1000

_POST = "post#"


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """``parent`` is the key of what was commented on: a post's, or a secret entry's.

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


def parent_of(counted_id: str) -> str:
    """Return the parent of what is counted under this id: a post's, or a secret entry's key."""
    return counted_id if entry_of(counted_id) else of_post(counted_id)


def counted_of(parent: str) -> str | None:
    """Return under which id a parent's comments are counted; None if they are not."""
    return parent if entry_of(parent) else post_of(parent)


def post_of(parent: str) -> str | None:
    """Return the id of the post that the parent is; None if it is something else."""
    return parent.removeprefix(_POST) if parent.startswith(_POST) else None
