"""What happens to likes and comments when the post or secret entry is deleted."""

from __future__ import annotations

from collections.abc import Sequence

from deepstory.counting import REMOVED_AT_ONCE, Belongings


class PostRemoval:
    def __init__(self, belongings: Sequence[Belongings]) -> None:
        self._belongings = belongings

    def begin(self, *, counted_id: str) -> int:
        """Remove the first of what belonged to something deleted, and return how many it were.

        Those who count it remove the rest, see ``deepstory.counting``; they also remove what was
        written by someone who saw it in its last moment.
        """
        return sum(each.remove_of(counted_id, limit=REMOVED_AT_ONCE) for each in self._belongings)
