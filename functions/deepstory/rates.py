"""Limiting how often somebody does something, at a cost far below that of what is limited.

Each process counts in its own memory first. A rate may be shared: then a process writes its uses
to the store whenever it has ``share_every`` of them, and what others wrote counts as well. So a
rate is never let through more often than its maximum and what the processes have not shared yet;
``share_every=1`` is exact and costs a write for each use, and a rate without it is kept by each
process alone. Once a rate is used up, refusing costs nothing until its window ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from deepstory.clock import Clock
from deepstory.errors import TooManyRequestsError
from deepstory.limits import Limit, LimitRepository, window

# About ten megabytes; beyond that the oldest are forgotten, which lets through and never shuts out.
REMEMBERED = 20_000


# What is counted apart: a name, the length of a window, a subject.
_Key = tuple[str, timedelta, str]


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """So many uses in each window of this length.

    ``share_every`` has the processes count together, see above; it divides ``maximum``.
    """

    maximum: int
    length: timedelta
    share_every: int | None = None


class _Count(msgspec.Struct):
    """One process's uses of one limit; ``unshared`` ones are not in the store yet."""

    limit: Limit
    used: int = 0
    unshared: int = 0
    is_over: bool = False


class RateLimiter:
    def __init__(
        self,
        *,
        limits: LimitRepository,
        clock: Clock,
        scale: int = 1,
        remembered: int = REMEMBERED,
    ) -> None:
        """``scale`` multiplies every maximum: a deployment's own generosity."""
        self._limits = limits
        self._clock = clock
        self._scale = scale
        self._remembered = remembered
        self._counts: dict[_Key, _Count] = {}

    def take(
        self, *, name: str, subject: str, rates: Sequence[Rate], owner_id: str | None = None
    ) -> None:
        """Count one use of each rate; what is counted apart differs in ``name`` or ``subject``.

        ``owner_id`` is given where the subject names a user: what is shared goes with the account.

        Raises TooManyRequestsError with the time until the rate that is used up begins anew.
        """
        seconds = self.seconds_to_wait(name=name, subject=subject, rates=rates, owner_id=owner_id)
        if seconds:
            raise TooManyRequestsError(retry_after=seconds)

    def seconds_to_wait(
        self, *, name: str, subject: str, rates: Sequence[Rate], owner_id: str | None = None
    ) -> int:
        """Count one use as ``take`` does, and return 0, or after how long another may fit."""
        now = self._clock.now()
        for rate in rates:
            count = self._count_of((name, rate.length, subject), rate, now, owner_id)
            if not self._fits(count, rate.share_every):
                return count.limit.seconds_left(now)
        return 0

    def _fits(self, count: _Count, share_every: int | None) -> bool:
        if count.is_over or count.used >= count.limit.maximum:
            return False
        count.used += 1
        if share_every is None:
            return True
        count.unshared += 1
        if count.unshared < share_every:
            return True
        amount, count.unshared = count.unshared, 0
        if self._limits.take(count.limit, amount):
            return True
        count.is_over = True
        return False

    def _count_of(self, key: _Key, rate: Rate, now: datetime, owner_id: str | None) -> _Count:
        count = self._counts.get(key)
        if count is not None and count.limit.ends_at > now:
            return count
        if len(self._counts) >= self._remembered:
            self._forget(now)
        name, length, subject = key
        limit = window(
            f"rate#{name}#{length.total_seconds():.0f}#{subject}",
            maximum=rate.maximum * self._scale,
            length=length,
            now=now,
            owner_id=owner_id,
        )
        # Behind all others: they are in the order in which they were begun.
        self._counts.pop(key, None)
        count = self._counts[key] = _Count(limit)
        return count

    def _forget(self, now: datetime) -> None:
        live = {key: count for key, count in self._counts.items() if count.limit.ends_at > now}
        too_many = len(live) - self._remembered // 2
        self._counts = dict(list(live.items())[max(0, too_many) :])
