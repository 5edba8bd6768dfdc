"""Days of a diary, and what the calendar tells of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from deepstory.pictures.entities import Picture


class DiaryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A post's place in its author's diary."""

    post_id: str
    diary_date: date
    picture_id: str | None


class CalendarDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day with entries, latest first; ``picture`` is the latest ready one among theirs."""

    day: date
    post_ids: Sequence[str]
    picture: Picture | None


class CalendarMonth(msgspec.Struct, frozen=True, kw_only=True):
    """The days of a month that have entries, in their order; ``first`` is the month's first."""

    first: date
    days: Sequence[CalendarDay]


class Streak(msgspec.Struct, frozen=True, kw_only=True):
    """Runs of diary days one after the other.

    A day that is not over breaks nothing: ``current`` ends today, or yesterday while nothing
    is written about today.
    """

    current: int
    longest: int
    wrote_today: bool
