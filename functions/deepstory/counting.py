"""Counting from the stream of changes: each change exactly once.

A stream delivers the changes of one counted thing in order but perhaps more than once, in batches
cut differently each time. The counter remembers the last change it holds, in the same write as the
count, so whatever comes again is known.

What is counted belongs to something: likes and comments to their post or secret entry. When that
is gone, what is left of its belongings is removed, a bounded number at a time. A removal is a
change as well, so each step brings about the next one until nothing is left, however often a step
breaks off.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar

import msgspec

from deepstory.errors import UnavailableError

FIRST_SEQUENCE = -1
# Ten batches of writes: done within a second or two, and the whole of most posts.
REMOVED_AT_ONCE = 250
# Losing a race means that another worker or the author wrote meanwhile.
_ATTEMPTS = 10


class Change(msgspec.Struct, frozen=True):
    """Something counted that came (+1) or went (-1).

    The ``sequence`` numbers of one counter's changes grow in the order in which they happened.
    """

    sequence: int
    amount: int


class Counter(Protocol):
    """How far the changes are counted."""

    @property
    def count(self) -> int: ...

    @property
    def last_sequence(self) -> int: ...


C = TypeVar("C", bound=Counter)


class CounterRepository(Protocol[C]):
    def get(self, counted_id: str) -> C | None:
        """Read consistently; None if there is nothing of this id."""

    def replace(self, counter: C, *, count: int, last_sequence: int) -> bool:
        """Write count and sequence together; False if the counter is no longer as it was."""


class Belongings(Protocol):
    """What is counted, by the id of what it belongs to."""

    def remove_of(self, counted_id: str, *, limit: int) -> int:
        """Delete up to ``limit`` of them and return how many it were; none is no error."""


class Counting(Generic[C]):
    def __init__(self, counters: CounterRepository[C], belongings: Belongings) -> None:
        self._counters = counters
        self._belongings = belongings

    def count(self, *, counted_id: str, changes: Iterable[Change]) -> None:
        """Add the changes that are not counted yet, or go on removing what belongs to nothing.

        Raises UnavailableError if the counter stays contended; nothing is counted then.
        """
        amounts = {change.sequence: change.amount for change in changes}
        for _ in range(_ATTEMPTS):
            counter = self._counters.get(counted_id)
            if counter is None:
                self._belongings.remove_of(counted_id, limit=REMOVED_AT_ONCE)
                return
            new = [sequence for sequence in amounts if sequence > counter.last_sequence]
            if not new:
                return
            count = counter.count
            for sequence in sorted(new):
                # What a restored counter never held may go, and takes nothing from what comes next.
                count = max(0, count + amounts[sequence])
            if self._counters.replace(counter, count=count, last_sequence=max(new)):
                return
        raise UnavailableError(retry_after=1)
