"""Use cases of looking at one's own diary by its days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby, islice

from deepstory.calendar.anniversaries import is_same_day_before, same_days_before
from deepstory.calendar.entities import CalendarDay, CalendarMonth, DiaryEntry, Streak
from deepstory.calendar.repository import DiaryRepository, Owners
from deepstory.clock import Clock, local_date
from deepstory.paging import Page, Position
from deepstory.pictures.entities import Picture
from deepstory.posts.entities import PostDetails
from deepstory.posts.reader import PostReader
from deepstory.posts.repository import Pictures

_DAY = timedelta(days=1)


class CalendarService:
    def __init__(
        self,
        *,
        diary: DiaryRepository,
        reader: PostReader,
        owners: Owners,
        pictures: Pictures,
        clock: Clock,
    ) -> None:
        self._diary = diary
        self._reader = reader
        self._owners = owners
        self._pictures = pictures
        self._clock = clock

    def month(self, *, owner_id: str, month: date | None = None) -> CalendarMonth:
        """Return the month that holds a day; without one it is the owner's present month."""
        first = (month or self._today(owner_id)).replace(day=1)
        last = (first + timedelta(days=31)).replace(day=1) - _DAY
        entries = self._diary.between(owner_id, first=first, last=last)
        days = {
            day: sorted(of_day, key=_post_id, reverse=True)
            for day, of_day in groupby(sorted(entries, key=_day), key=_day)
        }
        pictures = self._latest_ready(days)
        return CalendarMonth(
            first=first,
            days=[
                CalendarDay(
                    day=day,
                    post_ids=[entry.post_id for entry in of_day],
                    picture=pictures.get(day),
                )
                for day, of_day in days.items()
            ],
        )

    def on_this_day(
        self, *, owner_id: str, limit: int, position: Position | None = None
    ) -> Page[PostDetails]:
        """List one's own entries of this day in earlier years, latest year first.

        Today is that of the owner's zone; a list that was begun goes on with its own day.
        """
        after = None
        today = self._today(owner_id) if position is None else _date(position["today"])
        if position is not None:
            after = DiaryEntry(
                post_id=position["post_id"],
                diary_date=_date(position["diary_date"]),
                picture_id=None,
            )
        return self._reader.page(
            lambda last, size: list(islice(self._remembered(owner_id, today, last), size)),
            to_position=lambda entry: {
                "today": today.isoformat(),
                "diary_date": entry.diary_date.isoformat(),
                "post_id": entry.post_id,
            },
            viewer_id=owner_id,
            limit=limit,
            after=after,
            where=lambda post: is_same_day_before(post.diary_date, today),
        )

    def streak(self, *, owner_id: str) -> Streak:
        """Return the runs of days with entries; a day filled in later counts like any other."""
        today = self._today(owner_id)
        runs = list(_runs(self._diary.days(owner_id)))
        is_going_on = bool(runs) and runs[0][0] >= today - _DAY
        return Streak(
            current=runs[0][1] if is_going_on else 0,
            longest=max((length for _, length in runs), default=0),
            wrote_today=bool(runs) and runs[0][0] >= today,
        )

    def _today(self, owner_id: str) -> date:
        return local_date(self._clock.now(), self._owners.me(user_id=owner_id).timezone)

    def _remembered(
        self, owner_id: str, today: date, after: DiaryEntry | None
    ) -> Iterator[DiaryEntry]:
        """Give the entries of earlier years, leaping over years without any."""
        candidates = same_days_before(today, until=after.diary_date if after else None)
        while (day := next(candidates, None)) is not None:
            entries = self._diary.between(owner_id, first=day, last=day)
            for entry in sorted(entries, key=_post_id, reverse=True):
                if after is None or (day, entry.post_id) < (after.diary_date, after.post_id):
                    yield entry
            if not entries:
                latest = self._diary.latest_day(owner_id, until=day)
                if latest is None:
                    return
                candidates = same_days_before(today, until=latest)

    def _latest_ready(self, days: Mapping[date, Sequence[DiaryEntry]]) -> dict[date, Picture]:
        """Find each day's picture, usually in one read: most days have one, and it is ready."""
        wanted = {day: _picture_ids(entries) for day, entries in days.items()}
        found: dict[date, Picture] = {}
        while wanted := {day: ids for day, ids in wanted.items() if ids and day not in found}:
            pictures = self._pictures.get_many({ids[0] for ids in wanted.values()})
            for day, ids in wanted.items():
                picture = pictures.get(ids.pop(0))
                if picture is not None and picture.drawn is not None:
                    found[day] = picture
        return found


def _runs(days: Iterable[date]) -> Iterator[tuple[date, int]]:
    """Give the last day and the length of each run; the days come latest first."""
    last: date | None = None
    length = 0
    for day in days:
        if last is not None and day == last - length * _DAY:
            length += 1
            continue
        if last is not None:
            yield last, length
        last, length = day, 1
    if last is not None:
        yield last, length


def _picture_ids(entries: Iterable[DiaryEntry]) -> list[str]:
    return list(dict.fromkeys(entry.picture_id for entry in entries if entry.picture_id))


def _post_id(entry: DiaryEntry) -> str:
    return entry.post_id


def _day(entry: DiaryEntry) -> date:
    return entry.diary_date


def _date(text: str) -> date:
    return date.fromisoformat(text)
