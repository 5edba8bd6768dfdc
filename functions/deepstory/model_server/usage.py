"""How long the model server ran, and what that costs: summed up from look to look.

Sums are whole numbers, so that any number of looks adds up to exactly the time between the first
and the last: milliseconds of one instance, and those times the price, in millionths of a dollar
for an hour, that held then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from deepstory.wall_time import first_moment

# The scheduler looks every minute; what is older than a few of its rounds proves nothing.
BELIEVED_FOR = timedelta(minutes=3)
_KEPT_MONTHS = 2
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_MILLISECONDS_OF_HOUR = 3_600_000
_MILLION = 1_000_000


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """One month's account.

    What is ``unseen`` ran at most while nobody looked: no one knows whether it did.
    """

    month: str
    seen: int = 0
    seen_cost: int = 0
    unseen: int = 0
    unseen_cost: int = 0

    @property
    def hours(self) -> float:
        return self.seen / _MILLISECONDS_OF_HOUR

    @property
    def usd(self) -> float:
        return self.seen_cost / _MILLISECONDS_OF_HOUR / _MILLION

    @property
    def unseen_hours(self) -> float:
        return self.unseen / _MILLISECONDS_OF_HOUR

    @property
    def unseen_usd(self) -> float:
        return self.unseen_cost / _MILLISECONDS_OF_HOUR / _MILLION


class Meter(msgspec.Struct, frozen=True, kw_only=True):
    """Reads looks at the server as running time; months are those of the zone."""

    micro_usd_per_hour: int
    zone: str

    @property
    def usd_per_hour(self) -> float:
        return self.micro_usd_per_hour / _MILLION

    def read(
        self,
        usage: Sequence[Usage],
        *,
        since: datetime,
        until: datetime,
        instances: int,
        instances_after: int,
    ) -> tuple[Usage, ...]:
        """Return the accounts with the time from one look to the next.

        What was seen is believed until the next look, or for ``BELIEVED_FOR`` if that is later.
        What ran after that is unknown: at most as many as were seen before or after.
        """
        believed = min(until, since + BELIEVED_FOR)
        months = {each.month: each for each in usage}
        for month, time in self._by_month(since, believed):
            known = months.get(month, Usage(month=month))
            months[month] = self._with(known, seen=time * instances)
        for month, time in self._by_month(believed, until):
            known = months.get(month, Usage(month=month))
            unseen = time * max(instances, instances_after)
            months[month] = self._with(known, unseen=unseen)
        return tuple(months[month] for month in sorted(months)[-_KEPT_MONTHS:])

    def month_of(self, moment: datetime) -> str:
        return f"{self._month(moment):%Y-%m}"

    def _with(self, known: Usage, *, seen: int = 0, unseen: int = 0) -> Usage:
        return Usage(
            month=known.month,
            seen=known.seen + seen,
            seen_cost=known.seen_cost + seen * self.micro_usd_per_hour,
            unseen=known.unseen + unseen,
            unseen_cost=known.unseen_cost + unseen * self.micro_usd_per_hour,
        )

    def _by_month(self, since: datetime, until: datetime) -> Iterator[tuple[str, int]]:
        """Split a stretch of time where months begin."""
        while since < until:
            month = self._month(since)
            end = min(until, first_moment(_following(month), self.zone))
            yield f"{month:%Y-%m}", _milliseconds(end) - _milliseconds(since)
            since = end

    def _month(self, moment: datetime) -> datetime:
        """Return the month's first midnight; one that has begun does not end again."""
        local = moment.astimezone(ZoneInfo(self.zone))
        first = datetime(local.year, local.month, 1)
        following = _following(first)
        return following if first_moment(following, self.zone) <= moment else first


def _following(month: datetime) -> datetime:
    return (month + timedelta(days=31)).replace(day=1)


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND
