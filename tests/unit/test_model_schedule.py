"""Weekly windows: when they open and close, on days of 23 and 25 hours too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepstory.model_server.schedule import (
    DAYS,
    Day,
    ModelSchedule,
    Occurrence,
    OnWindow,
    check_windows,
)
from deepstory.wall_time import first_moment

NEW_YORK = "America/New_York"


def window(days: str, begins: str, ends: str) -> OnWindow:
    named: list[Day] = [day for day in DAYS if day in days.split()]
    return OnWindow(days=tuple(named), begins=begins, ends=ends)


def schedule(*windows: OnWindow, zone: str = "Asia/Seoul", enabled: bool = True) -> ModelSchedule:
    return ModelSchedule(zone=zone, windows=windows, enabled=enabled, idle_minutes=3)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(occurrence: Occurrence | None) -> float:
    assert occurrence is not None
    return (occurrence.ends_at - occurrence.starts_at) / timedelta(hours=1)


class TestOccurrences:
    def test_window_is_open_from_its_beginning_to_before_its_end(self) -> None:
        week = schedule(window("mon", "09:00", "18:00"))
        opens, closes = utc("2026-11-23T00:00"), utc("2026-11-23T09:00")

        assert week.window_at(opens) == Occurrence(starts_at=opens, ends_at=closes)
        assert week.window_at(closes - timedelta(milliseconds=1)) is not None
        assert week.window_at(opens - timedelta(milliseconds=1)) is None
        assert week.window_at(closes) is None

    def test_window_over_midnight_belongs_to_the_day_it_begins_on(self) -> None:
        week = schedule(window("sun", "22:00", "06:00"))

        assert week.window_at(utc("2026-11-22T20:59")) is not None  # Monday, 05:59
        assert week.window_at(utc("2026-11-22T21:00")) is None
        assert week.window_at(utc("2026-11-23T13:00")) is None  # Monday, 22:00

    def test_whole_day_ends_where_the_next_begins(self) -> None:
        week = schedule(window("sat sun", "00:00", "24:00"))
        midnight = utc("2026-11-21T15:00")

        assert hours(week.window_at(midnight)) == 24
        assert week.window_at(midnight).starts_at == midnight  # type: ignore[union-attr]  # open
        assert week.window_at(utc("2026-11-22T15:00")) is None

    def test_next_window_is_the_first_to_open(self) -> None:
        week = schedule(window("fri", "09:00", "10:00"), window("wed", "20:00", "21:00"))
        found = week.next_window(utc("2026-11-23T00:00"))

        assert found is not None
        assert found.starts_at == utc("2026-11-25T11:00")

    def test_the_only_window_comes_again_in_a_week(self) -> None:
        week = schedule(window("mon", "09:00", "18:00"))
        found = week.next_window(utc("2026-11-23T00:00"))

        assert found is not None
        assert found.starts_at == utc("2026-11-30T00:00")

    def test_disabled_schedule_has_no_windows(self) -> None:
        week = schedule(window("mon", "00:00", "24:00"), enabled=False)

        assert week.window_at(utc("2026-11-23T00:00")) is None
        assert week.next_window(utc("2026-11-23T00:00")) is None


class TestDaylightSaving:
    """In New York clocks go from 02:00 to 03:00 on 2026-03-08, and back on 2026-11-01."""

    def test_hours_of_the_clock_hold_all_year(self) -> None:
        week = schedule(window(" ".join(DAYS), "09:00", "17:00"), zone=NEW_YORK)
        opened = {week.window_at(utc(f"2026-{day}T18:00")) for day in ("03-07", "03-08", "03-09")}

        assert {each.starts_at.hour for each in opened if each} == {14, 13}
        assert {hours(each) for each in opened} == {8}

    @pytest.mark.parametrize(("day", "length"), [("2026-03-08", 7), ("2026-11-01", 9)])
    def test_night_is_shorter_or_longer(self, day: str, length: int) -> None:
        week = schedule(window("sat", "22:00", "06:00"), zone=NEW_YORK)

        assert hours(week.window_at(utc(f"{day}T05:00"))) == length

    def test_window_in_the_hour_that_is_skipped_does_not_come(self) -> None:
        week = schedule(window("sun", "02:00", "03:00"), zone=NEW_YORK)
        coming = week.next_window(utc("2026-03-07T00:00"))

        assert coming is not None
        assert coming.starts_at == utc("2026-03-15T06:00")

    def test_beginning_in_the_skipped_hour_is_when_clocks_are_set(self) -> None:
        week = schedule(window("sun", "02:30", "04:00"), zone=NEW_YORK)
        found = week.next_window(utc("2026-03-08T00:00"))

        assert found == Occurrence(
            starts_at=utc("2026-03-08T07:00"), ends_at=utc("2026-03-08T08:00")
        )

    def test_hour_that_comes_twice_counts_the_first_time(self) -> None:
        week = schedule(window("sun", "01:15", "01:45"), zone=NEW_YORK)

        assert week.window_at(utc("2026-11-01T05:30")) is not None
        assert week.window_at(utc("2026-11-01T06:30")) is None

    def test_window_over_the_hour_that_comes_twice_is_longer(self) -> None:
        week = schedule(window("sun", "00:30", "02:30"), zone=NEW_YORK)

        assert hours(week.window_at(utc("2026-11-01T05:30"))) == 3

    def test_day_that_a_zone_left_out_ends_when_it_begins(self) -> None:
        skipped = datetime(2011, 12, 30, 12)

        assert first_moment(skipped, "Pacific/Apia") == utc("2011-12-30T10:00")

    @given(
        st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda d: d.replace(fold=0)),
        st.sampled_from([NEW_YORK, "Asia/Seoul", "Australia/Lord_Howe", "Africa/Casablanca"]),
    )
    def test_no_earlier_second_shows_the_time_and_the_moment_does(
        self, wall: datetime, zone: str
    ) -> None:
        from zoneinfo import ZoneInfo

        wall = wall.replace(microsecond=0)
        moment = first_moment(wall, zone)
        shown = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        before = (moment - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)

        assert shown >= wall > before


class TestChecking:
    @pytest.mark.parametrize(
        "windows",
        [
            [window("mon", "09:00", "12:00"), window("mon", "12:00", "18:00")],
            [window("sun", "22:00", "06:00"), window("mon", "06:00", "22:00")],
            [window("mon tue", "00:00", "24:00")],
            [window(" ".join(DAYS), "12:00", "11:59")],
            [],
        ],
    )
    def test_windows_may_touch(self, windows: list[OnWindow]) -> None:
        check_windows(windows)

    @pytest.mark.parametrize(
        ("windows", "reason"),
        [
            ([("mon", "09:00", "12:00"), ("mon tue", "11:59", "13:00")], "windows 1 and 2 overlap"),
            ([("sun", "22:00", "06:01"), ("mon", "06:00", "22:00")], "windows 1 and 2 overlap"),
            ([("mon", "00:00", "01:00"), ("sun", "23:00", "00:30")], "windows 1 and 2 overlap"),
            ([("mon", "09:00", "09:00")], "window 1 ends when it begins"),
        ],
    )
    def test_overlaps_are_named(self, windows: list[tuple[str, str, str]], reason: str) -> None:
        with pytest.raises(ValueError, match=reason):
            check_windows([window(*each) for each in windows])

    def test_day_named_twice_is_a_mistake(self) -> None:
        twice = OnWindow(days=("mon", "mon"), begins="09:00", ends="10:00")

        with pytest.raises(ValueError, match="names a day twice"):
            check_windows([twice])

    @given(
        st.lists(
            st.builds(
                OnWindow,
                days=st.lists(st.sampled_from(DAYS), min_size=1, unique=True).map(tuple),
                begins=st.times().map(lambda t: f"{t:%H:%M}"),
                ends=st.times().map(lambda t: f"{t:%H:%M}"),
            ),
            max_size=3,
        )
    )
    def test_what_is_accepted_is_never_open_twice(self, windows: list[OnWindow]) -> None:
        try:
            check_windows(windows)
        except ValueError:
            return
        week = schedule(*windows)
        moment = utc("2026-11-22T15:00")
        for _ in range(7 * 24):
            found = [each for each in week._near(moment) if each.starts_at <= moment < each.ends_at]
            assert len(found) <= 1
            moment += timedelta(hours=1)
