"""Who may see a post; writes carry their own condition as well."""

from __future__ import annotations

from deepstory.posts.entities import Post


def may_see(post: Post, viewer_id: str | None) -> bool:
    """Tell whether someone, or the public (None), may see the post."""
    return post.is_listed or post.author_id == viewer_id
