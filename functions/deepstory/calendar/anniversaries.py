"""The same day of other years."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterator
from datetime import date


def same_days_before(day: date, *, until: date | None = None) -> Iterator[date]:
    """Give the same day of earlier years, latest first, none of them after ``until``.

    29 February is remembered on itself, and on 28 February of a year that lacks it: an entry
    comes back once in every year.
    """
    leap_day_too = _takes_leap_day(day)
    for year in range(day.year - 1, date.min.year - 1, -1):
        for candidate in _in_year(year, day, leap_day_too=leap_day_too):
            if until is None or candidate <= until:
                yield candidate


def is_same_day_before(earlier: date, day: date) -> bool:
    """Tell whether ``same_days_before(day)`` gives the earlier day."""
    leap_day_too = _takes_leap_day(day)
    of_year = _in_year(earlier.year, day, leap_day_too=leap_day_too)
    return earlier.year < day.year and earlier in of_year


def _takes_leap_day(day: date) -> bool:
    return (day.month, day.day) == (2, 28) and not isleap(day.year)


def _in_year(year: int, day: date, *, leap_day_too: bool) -> list[date]:
    if leap_day_too and isleap(year):
        return [date(year, 2, 29), date(year, 2, 28)]
    if (day.month, day.day) == (2, 29) and not isleap(year):
        return []
    return [day.replace(year=year)]
