"""Looking at a diary by its days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from deepstory.calendar.anniversaries import is_same_day_before, same_days_before
from deepstory.calendar.entities import CalendarMonth, Streak
from deepstory.calendar.service import CalendarService
from deepstory.pictures.entities import Drawn, Status
from fakes.calendar import MemoryDiaryRepository
from fakes.core import FixedClock
from fakes.posts import World, a_picture, a_user

TODAY = date(2026, 11, 22)


class Diary(World):
    def __init__(self) -> None:
        super().__init__()
        self.diary = MemoryDiaryRepository(self.posts)
        self.calendar = CalendarService(
            diary=self.diary,
            reader=self.reader,
            owners=self.authors,
            pictures=self.pictures,
            clock=self.clock,
        )

    def about(self, day: date, author_id: str = "u1", **fields: Any) -> str:
        """Write a private entry about a day, however far it lies from the clock's."""
        post_id = self.write(author_id, visibility="private", **fields)
        self.posts.posts[post_id] = replace(self.posts.posts[post_id], diary_date=day)
        return post_id

    def picture(self, name: str, color: str = "#112233", *, status: Status = "ready") -> str:
        picture = a_picture(name, owner_id="u1", status=status)
        drawn = Drawn(width=64, height=64, dominant_color=color) if status == "ready" else None
        self.pictures.pictures[name] = replace(picture, drawn=drawn)
        return name

    def at(self, moment: datetime) -> None:
        """Set the clock that every service has."""
        self.clock.advance(seconds=(moment - self.clock.now()).total_seconds())

    def month(self, day: date | None = None) -> CalendarMonth:
        return self.calendar.month(owner_id="u1", month=day)

    def remembered(self, *, limit: int = 100) -> list[str]:
        """Walk through the pages of this day in earlier years."""
        page = self.calendar.on_this_day(owner_id="u1", limit=limit)
        found = [details.post.post_id for details in page.items]
        while page.next:
            page = self.calendar.on_this_day(owner_id="u1", limit=limit, position=page.next)
            found += [details.post.post_id for details in page.items]
        return found

    def streak(self) -> Streak:
        return self.calendar.streak(owner_id="u1")


@pytest.fixture
def diary() -> Diary:
    return Diary()


def colors(month: CalendarMonth) -> dict[int, str | None]:
    return {
        day.day.day: day.picture.drawn.dominant_color if day.picture and day.picture.drawn else None
        for day in month.days
    }


class TestMonth:
    def test_has_the_days_with_entries_in_order_and_their_entries_latest_first(
        self, diary: Diary
    ) -> None:
        late = diary.about(date(2026, 11, 30))
        first = diary.about(date(2026, 11, 1))
        second = diary.about(date(2026, 11, 1))
        diary.about(date(2026, 10, 31))
        diary.about(date(2026, 12, 1))
        diary.about(date(2026, 11, 5), author_id="u2")

        month = diary.month(date(2026, 11, 17))

        assert month.first == date(2026, 11, 1)
        assert [(day.day.day, day.post_ids) for day in month.days] == [
            (1, [second, first]),
            (30, [late]),
        ]

    @pytest.mark.parametrize(("day", "last"), [(date(2024, 2, 1), 29), (date(2026, 2, 3), 28)])
    def test_ends_with_its_last_day(self, diary: Diary, day: date, last: int) -> None:
        diary.about(day.replace(day=last))
        diary.about(date(day.year, 3, 1))

        assert [found.day.day for found in diary.month(day).days] == [last]

    def test_december_ends_with_the_year(self, diary: Diary) -> None:
        diary.about(date(2025, 12, 31))
        diary.about(date(2026, 1, 1))

        assert [found.day.day for found in diary.month(date(2025, 12, 9)).days] == [31]

    def test_present_month_is_that_of_the_owners_zone(self, diary: Diary) -> None:
        diary.at(datetime(2026, 11, 30, 20, tzinfo=UTC))  # 1 December in Seoul
        assert diary.month().first == date(2026, 12, 1)

        diary.authors.users["u1"] = a_user("u1", timezone="America/Los_Angeles")
        assert diary.month().first == date(2026, 11, 1)

    def test_day_shows_its_latest_picture_that_is_ready(self, diary: Diary) -> None:
        diary.about(TODAY, picture_id=diary.picture("x", "#aaaaaa"))
        diary.about(TODAY, picture_id=diary.picture("y", "#bbbbbb"))
        diary.about(TODAY, picture_id=diary.picture("z", status="waiting"))
        diary.about(TODAY)
        diary.about(date(2026, 11, 3), picture_id=diary.picture("w", status="queued"))
        diary.about(date(2026, 11, 4))

        assert colors(diary.month(TODAY)) == {3: None, 4: None, 22: "#bbbbbb"}

    def test_deleted_picture_gives_way_to_another_one(self, diary: Diary) -> None:
        diary.about(TODAY, picture_id=diary.picture("x", "#aaaaaa"))
        diary.about(TODAY, picture_id=diary.picture("y", "#bbbbbb"))
        diary.about(date(2026, 11, 3), picture_id="x")

        del diary.pictures.pictures["y"]
        assert colors(diary.month(TODAY)) == {3: "#aaaaaa", 22: "#aaaaaa"}
        del diary.pictures.pictures["x"]
        assert colors(diary.month(TODAY)) == {3: None, 22: None}

    def test_month_without_entries_has_no_days(self, diary: Diary) -> None:
        assert diary.month(TODAY).days == []


class TestOnThisDay:
    def test_has_the_same_day_of_earlier_years_latest_first(self, diary: Diary) -> None:
        oldest = diary.about(date(1990, 11, 22))
        first, second = (diary.about(date(2025, 11, 22)) for _ in range(2))
        for other in (TODAY, date(2025, 11, 21), date(2025, 10, 22), date(2024, 11, 23)):
            diary.about(other)
        diary.about(date(2023, 11, 22), author_id="u2")

        for limit in (1, 2, 3):
            assert diary.remembered(limit=limit) == [second, first, oldest]

    def test_day_is_that_of_the_owners_zone(self, diary: Diary) -> None:
        diary.at(datetime(2026, 11, 22, 20, tzinfo=UTC))  # the 23rd in Seoul
        here, there = diary.about(date(2025, 11, 23)), diary.about(date(2025, 11, 22))
        assert diary.remembered() == [here]

        diary.authors.users["u1"] = a_user("u1", timezone="America/Los_Angeles")
        assert diary.remembered() == [there]

    def test_list_begun_before_midnight_goes_on_with_its_day(self, diary: Diary) -> None:
        older, newer = diary.about(date(2024, 11, 22)), diary.about(date(2025, 11, 22))
        diary.about(date(2025, 11, 23))
        first = diary.calendar.on_this_day(owner_id="u1", limit=1)
        diary.clock.advance(days=1)

        second = diary.calendar.on_this_day(owner_id="u1", limit=1, position=first.next)

        assert [d.post.post_id for d in (*first.items, *second.items)] == [newer, older]
        assert second.next is None

    def test_leap_day_returns_on_itself_and_on_the_day_before_where_it_is_missing(
        self, diary: Diary
    ) -> None:
        leap, usual = diary.about(date(2024, 2, 29)), diary.about(date(2024, 2, 28))
        diary.about(date(2024, 3, 1))

        for moment, wanted in (
            (datetime(2028, 2, 29, 3, tzinfo=UTC), [leap]),
            (datetime(2028, 2, 28, 3, tzinfo=UTC), [usual]),
            (datetime(2027, 2, 28, 3, tzinfo=UTC), [leap, usual]),
        ):
            diary.at(moment)
            assert diary.remembered(limit=1) == wanted

    def test_entry_that_moved_meanwhile_is_not_shown(
        self, diary: Diary, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        post_id = diary.about(date(2025, 11, 22))
        stale = diary.diary.between("u1", first=date(2025, 11, 22), last=date(2025, 11, 22))
        moved = replace(diary.posts.posts[post_id], diary_date=date(2025, 11, 21))
        diary.posts.posts[post_id] = moved
        monkeypatch.setattr(
            diary.diary,
            "between",
            lambda _, first, last: stale if first.year == 2025 else [],
        )

        assert diary.remembered() == []

    def test_years_without_entries_cost_nothing(
        self, diary: Diary, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        oldest = diary.about(date(1900, 11, 22))
        queries: list[date] = []
        whole = diary.diary.between

        def counted(author_id: str, *, first: date, last: date) -> Any:
            queries.append(first)
            return whole(author_id, first=first, last=last)

        monkeypatch.setattr(diary.diary, "between", counted)

        assert diary.remembered() == [oldest]
        assert [day.year for day in queries] == [2025, 1900, 1899]

    @given(st.dates(date(1901, 1, 1), date(2399, 12, 31)))
    def test_every_day_returns_once_in_each_year(self, day: date) -> None:
        year = day.year + 1
        days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
        returns = [each for each in days if each.year == year and is_same_day_before(day, each)]

        assert len(returns) == 1
        assert day in list(same_days_before(returns[0]))[:2]


class TestStreak:
    def wrote(self, diary: Diary, *days_ago: int) -> Streak:
        for ago in days_ago:
            diary.about(TODAY - timedelta(days=ago))
        return diary.streak()

    @pytest.mark.parametrize(
        ("days_ago", "current", "longest", "wrote_today"),
        [
            ((), 0, 0, False),
            ((0,), 1, 1, True),
            ((0, 0, 1, 1, 2), 3, 3, True),
            ((1, 2), 2, 2, False),
            ((2, 3), 0, 2, False),
            ((0, 2, 3, 4, 6), 1, 3, True),
            ((365, 366, 367), 0, 3, False),
        ],
    )
    def test_runs_are_counted_and_today_breaks_none(
        self,
        diary: Diary,
        days_ago: tuple[int, ...],
        current: int,
        longest: int,
        wrote_today: bool,
    ) -> None:
        wanted = Streak(current=current, longest=longest, wrote_today=wrote_today)

        assert self.wrote(diary, *days_ago) == wanted

    def test_day_filled_in_later_joins_two_runs(self, diary: Diary) -> None:
        assert self.wrote(diary, 0, 1, 3, 4).current == 2

        assert self.wrote(diary, 2).current == 5

    def test_today_is_that_of_the_owners_zone(self, diary: Diary) -> None:
        diary.about(date(2026, 11, 21))
        assert not diary.streak().wrote_today

        diary.authors.users["u1"] = a_user("u1", timezone="America/Los_Angeles")
        assert diary.streak() == Streak(current=1, longest=1, wrote_today=True)

    def test_entry_about_what_is_tomorrow_after_a_flight_counts(self, diary: Diary) -> None:
        assert self.wrote(diary, -1, 0) == Streak(current=2, longest=2, wrote_today=True)

    @given(st.sets(st.integers(0, 40)))
    def test_longest_run_is_what_counting_by_hand_finds(self, days_ago: set[int]) -> None:
        streak = self.wrote(Diary(), *days_ago)

        runs = "".join("x" if ago in days_ago else " " for ago in range(41)).split()
        assert streak.longest == max(map(len, runs), default=0)


def test_clock_of_the_tests_stands_at_noon_in_seoul() -> None:
    assert FixedClock().now() == datetime(2026, 11, 22, 3, tzinfo=UTC)
