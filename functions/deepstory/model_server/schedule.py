"""The hours of the week in which the model server is kept on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

import msgspec

from deepstory.wall_time import first_moment

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

DAYS: tuple[Day, ...] = get_args(Day)
END_OF_DAY = "24:00"
_MINUTES_OF_DAY = 24 * 60
_MINUTES_OF_WEEK = 7 * _MINUTES_OF_DAY
# A window may reach over midnight, and the next one is at most a week away; and one day more on
# either side, for zones whose date was once moved.
_DAYS_BACK, _DAYS_AHEAD = 2, 9


class OnWindow(msgspec.Struct, frozen=True, kw_only=True):
    """From one time of the day, ``HH:MM``, to another, on each of these days.

    An end that is not after the beginning is on the next day; ``24:00`` is the end of the day.
    """

    days: tuple[Day, ...]
    begins: str
    ends: str

    @property
    def over_midnight(self) -> bool:
        return minute_of(self.ends) <= minute_of(self.begins)


class Occurrence(msgspec.Struct, frozen=True, kw_only=True):
    """One time that a window comes about; it does not include its end."""

    starts_at: datetime
    ends_at: datetime


class ModelSchedule(msgspec.Struct, frozen=True, kw_only=True):
    """When the model server is kept on, and after how much idle time it sleeps otherwise.

    Attributes
    ----------
    zone : where clocks show the times of the windows.
    enabled : False lays the windows aside without forgetting them.
    idle_minutes : how long nothing has to be drawn before a server on ``auto`` is stopped.
    version : grows with every write; 0 before the first.
    """

    zone: str
    windows: tuple[OnWindow, ...] = ()
    enabled: bool = True
    idle_minutes: int
    changed_by: str | None = None
    changed_at: datetime | None = None
    version: int = 0

    @property
    def idle_time(self) -> timedelta:
        return timedelta(minutes=self.idle_minutes)

    def window_at(self, now: datetime) -> Occurrence | None:
        """Return the window that is open at this moment; of two, the one that began later."""
        open_now = [each for each in self._near(now) if each.starts_at <= now < each.ends_at]
        return max(open_now, key=lambda each: each.starts_at, default=None)

    def next_window(self, now: datetime) -> Occurrence | None:
        """Return the next window that opens after this moment."""
        coming = [each for each in self._near(now) if each.starts_at > now]
        return min(coming, key=lambda each: each.starts_at, default=None)

    def _near(self, now: datetime) -> Iterator[Occurrence]:
        if not self.enabled:
            return
        today = now.astimezone(ZoneInfo(self.zone)).date()
        for days in range(-_DAYS_BACK, _DAYS_AHEAD + 1):
            day = today + timedelta(days=days)
            for window in self.windows:
                if DAYS[day.weekday()] in window.days:
                    yield from self._on(day, window)

    def _on(self, day: date, window: OnWindow) -> Iterator[Occurrence]:
        last = day + timedelta(days=1) if window.over_midnight else day
        starts_at = first_moment(_wall(day, window.begins), self.zone)
        ends_at = first_moment(_wall(last, window.ends), self.zone)
        # Where clocks are set forward nothing may be left of it.
        if starts_at < ends_at:
            yield Occurrence(starts_at=starts_at, ends_at=ends_at)


def minute_of(text: str) -> int:
    """Return the minute of the day of ``HH:MM``."""
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)


def check_windows(windows: Sequence[OnWindow]) -> None:
    """Raise ValueError, saying why, unless every window is one and no two of them overlap."""
    taken: list[tuple[int, int, int]] = []
    for number, window in enumerate(windows, start=1):
        if len(set(window.days)) != len(window.days):
            raise ValueError(f"window {number} names a day twice")
        if window.begins == window.ends:
            raise ValueError(f"window {number} ends when it begins; a whole day is 00:00 to 24:00")
        for begin, end in _stretches(window):
            for other_begin, other_end, other in taken:
                if begin < other_end and other_begin < end:
                    raise ValueError(f"windows {other} and {number} overlap")
            taken.append((begin, end, number))


def in_words(schedule: ModelSchedule) -> dict[str, str]:
    """Return the schedule as the audit log shows it."""
    windows = [f"{','.join(each.days)} {each.begins}-{each.ends}" for each in schedule.windows]
    return {
        "zone": schedule.zone,
        "windows": "; ".join(windows),
        "enabled": "true" if schedule.enabled else "false",
        "idle_minutes": str(schedule.idle_minutes),
    }


def _stretches(window: OnWindow) -> Iterator[tuple[int, int]]:
    """Return the minutes of the week that a window takes; Sunday's night ends on Monday."""
    length = minute_of(window.ends) - minute_of(window.begins)
    length += _MINUTES_OF_DAY if window.over_midnight else 0
    for day in window.days:
        begin = DAYS.index(day) * _MINUTES_OF_DAY + minute_of(window.begins)
        end = begin + length
        yield begin, min(end, _MINUTES_OF_WEEK)
        if end > _MINUTES_OF_WEEK:
            yield 0, end - _MINUTES_OF_WEEK


def _wall(day: date, text: str) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minute_of(text))
