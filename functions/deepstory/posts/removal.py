"""What happens to a post's likes and comments when the post is deleted."""

from __future__ import annotations

from collections.abc import Sequence

from deepstory.counting import REMOVED_AT_ONCE, Belongings


class PostRemoval:
    def __init__(self, belongings: Sequence[Belongings]) -> None:
        self._belongings = belongings

    def begin(self, *, post_id: str) -> int:
        """Remove the first of what belonged to a deleted post, and return how many it were.

        Those who count it remove the rest, see ``deepstory.counting``; they also remove what was
        written by someone who saw the post in its last moment.
        """
        return sum(each.remove_of(post_id, limit=REMOVED_AT_ONCE) for each in self._belongings)
