from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar

import msgspec

from chalicelib.runtime import services
from chalicelib.schemas.common import View
from chalicelib.validation import Cleaner, Input
from deepstory.calendar.entities import CalendarDay, CalendarMonth, Streak
from deepstory.texts import clean

# Diaries begin with 1900.
DiaryMonth = Annotated[
    str, msgspec.Meta(pattern=r"^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-11"])
]


class CalendarQuery(Input):
    month: DiaryMonth | None = None

    # A pattern's end lets a line break pass.
    cleaners: ClassVar[Mapping[str, Cleaner]] = {"month": clean}

    def first_day(self) -> datetime.date | None:
        return datetime.date.fromisoformat(f"{self.month}-01") if self.month else None


class CalendarDayView(View, omit_defaults=True):
    """A day with entries, latest first.

    Colour and thumbnail are those of the latest picture that is ready; the address works for
    at least half an hour.
    """

    date: datetime.date
    count: int
    entry_ids: Sequence[str]
    dominant_color: str | None = None
    thumbnail_url: str | None = None


class CalendarMonthView(View):
    month: str
    days: Sequence[CalendarDayView]


class StreakView(View):
    """``current`` is 0 once a whole day passed without an entry."""

    current: int
    longest: int
    wrote_today: bool


def calendar_month_view(month: CalendarMonth) -> CalendarMonthView:
    return CalendarMonthView(
        month=f"{month.first:%Y-%m}", days=[_day_view(day) for day in month.days]
    )


def streak_view(streak: Streak) -> StreakView:
    return StreakView(
        current=streak.current, longest=streak.longest, wrote_today=streak.wrote_today
    )


def _day_view(day: CalendarDay) -> CalendarDayView:
    picture = day.picture
    drawn = picture.drawn if picture else None
    return CalendarDayView(
        date=day.day,
        count=len(day.post_ids),
        entry_ids=day.post_ids,
        dominant_color=drawn.dominant_color if drawn else None,
        thumbnail_url=(
            services().picture_urls.url(picture.thumbnail_key) if picture and drawn else None
        ),
    )
