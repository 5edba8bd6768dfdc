from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import msgspec

from chalicelib.schemas.common import PageView, Timestamp, View, page_view, prose, timestamp
from chalicelib.schemas.posts import AuthorView
from chalicelib.validation import Cleaner, Input
from deepstory.comments.entities import TEXT_CHARACTERS, CommentDetails
from deepstory.paging import Page

# The length is checked by the cleaner, after normalisation.
CommentText = Annotated[
    str, msgspec.Meta(extra_json_schema={"minLength": 1, "maxLength": TEXT_CHARACTERS})
]


class WriteComment(Input):
    text: CommentText

    cleaners: ClassVar[Mapping[str, Cleaner]] = {"text": prose(TEXT_CHARACTERS)}


class CommentView(View):
    """``hidden`` comments are seen by nobody but their authors and administrators."""

    id: str
    author: AuthorView
    text: str
    hidden: bool
    created_at: Timestamp


def comment_view(details: CommentDetails) -> CommentView:
    comment = details.comment
    return CommentView(
        id=comment.comment_id,
        author=AuthorView(id=comment.author_id, name=details.author_name),
        text=comment.text,
        hidden=comment.hidden,
        created_at=timestamp(comment.created_at),
    )


def comments_view(page: Page[CommentDetails], scope: str) -> PageView[CommentView]:
    return page_view(page, [comment_view(details) for details in page.items], scope)
