"""Use cases of the dashboard. Each reads a few queries' worth, however many users there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from deepstory.clock import Clock, local_date
from deepstory.stats.ages import age_bands
from deepstory.stats.counting import (
    BIRTH_YEARS,
    GENDERS,
    PICTURES,
    POSTS,
    USERS,
    birthdays,
    visits,
)
from deepstory.stats.entities import AgeBand, Cells, GenderCounts, Overview
from deepstory.stats.repository import CounterRepository

HOURS = 24


class StatsService:
    def __init__(self, *, counters: CounterRepository, clock: Clock, zone: str) -> None:
        """``zone`` is the service's: that of the hours, the months and of today."""
        self._counters = counters
        self._clock = clock
        self._zone = zone

    def overview(self) -> Overview:
        """Return how many users, posts (private ones too) and finished pictures there are."""
        return Overview(
            users=sum(self._sums(USERS).values()),
            posts=sum(self._sums(POSTS).values()),
            pictures=sum(self._sums(PICTURES).values()),
        )

    def access(self, *, month: str | None = None) -> tuple[str, list[int]]:
        """Return the month, by default this one, and the visits in each hour of the day."""
        month = month or f"{local_date(self._clock.now(), self._zone):%Y-%m}"
        sums = self._sums(visits(month))
        return month, [sums.get(f"{hour:02}", 0) for hour in range(HOURS)]

    def genders(self) -> GenderCounts:
        sums = self._sums(USERS)
        return GenderCounts(**{gender: sums.get(cell, 0) for cell, gender in GENDERS.items()})

    def age_bands(self) -> list[AgeBand]:
        """Return people by ten years of age, in full years today, and by gender."""
        today = local_date(self._clock.now(), self._zone)
        return age_bands(
            birth_years=self._counters.read(BIRTH_YEARS),
            birthdays=self._counters.read(birthdays(today)),
            today=today,
        )

    def _sums(self, counter: str) -> Mapping[str, int]:
        return _sums(self._counters.read(counter).values())


def _sums(buckets: Iterable[Cells]) -> Mapping[str, int]:
    sums: dict[str, int] = {}
    for cells in buckets:
        for cell, amount in cells.items():
            sums[cell] = sums.get(cell, 0) + amount
    return sums
