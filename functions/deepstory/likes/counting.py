"""Counting likes from the stream of their changes: each exactly once.

A stream delivers the changes of one post in order but perhaps more than once, in batches cut
differently each time. The counter remembers the last change it holds, in the same write as the
count, so whatever comes again is known.
"""

from __future__ import annotations

from collections.abc import Iterable

from deepstory.errors import UnavailableError
from deepstory.likes.entities import LikeChange
from deepstory.likes.repository import LikeCounterRepository

# Losing a race means that another worker or the author wrote meanwhile.
_ATTEMPTS = 10


class LikeCounting:
    def __init__(self, counters: LikeCounterRepository) -> None:
        self._counters = counters

    def count(self, *, post_id: str, changes: Iterable[LikeChange]) -> None:
        """Add the changes that are not counted yet; a deleted post needs no count.

        Raises UnavailableError if the counter stays contended; nothing is counted then.
        """
        amounts = {change.sequence: change.amount for change in changes}
        for _ in range(_ATTEMPTS):
            counter = self._counters.get(post_id)
            if counter is None:
                return
            new = [sequence for sequence in amounts if sequence > counter.last_sequence]
            if not new:
                return
            count = max(0, counter.count + sum(amounts[sequence] for sequence in new))
            if self._counters.replace(counter, count=count, last_sequence=max(new)):
                return
        raise UnavailableError(retry_after=1)
