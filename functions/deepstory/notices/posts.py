"""Whom to tell of what happens to a post: all that telling reads of posts."""

from __future__ import annotations

from deepstory.dynamodb import bound
from deepstory.posts.items import PostItem


class DynamoDBPostAuthors:
    def __init__(self, posts_table: str) -> None:
        self._posts = bound(PostItem, posts_table)

    def author_of(self, post_id: str) -> str | None:
        try:
            item = self._posts.get(
                post_id, consistent_read=True, attributes_to_get=["post_id", "author_id"]
            )
        except self._posts.DoesNotExist:
            return None
        return item.author_id
