"""What the like use cases need from storage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from deepstory.likes.entities import Like


class LikeRepository(Protocol):
    def add(self, like: Like) -> bool:
        """Write the like; False if the user likes the post already."""

    def remove(self, *, post_id: str, user_id: str) -> bool:
        """Delete the like; False if there is none."""

    def liked_by(self, user_id: str, post_ids: Iterable[str]) -> set[str]:
        """Return those of the posts that the user likes, consistently."""

    def entries(self, user_id: str, *, limit: int, after: Like | None) -> Sequence[Like]:
        """Return the user's likes of posts, newest first; fewer than ``limit`` means no more."""

    def remove_of(self, counted_id: str, *, limit: int) -> int:
        """Delete up to ``limit`` likes of a post or secret entry and return how many it were."""
