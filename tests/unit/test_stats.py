"""The dashboard's numbers against a count of everything there is."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import asdict, replace

from deepstory.accounts.entities import Gender, User
from deepstory.errors import UnavailableError
from deepstory.limits import Limit
from deepstory.stats.counting import moved, of_user, of_visit, total
from deepstory.stats.entities import Amounts
from deepstory.stats.service import StatsService
from deepstory.stats.visits import VisitCounting
from fakes.core import START, FixedClock, MemoryLimitRepository
from fakes.posts import ZONE, a_user
from fakes.stats import MemoryCounterRepository, MemoryVisitRepository
from support.people import GENDERS, age, bands_of, people

NOV_22 = date(2026, 11, 22)
# Ordinary days, ends of months and years, and both sides of 29 February.
TODAYS = [
    NOV_22,
    date(2026, 1, 1),
    date(2026, 12, 31),
    date(2026, 2, 28),
    date(2026, 3, 1),
    date(2028, 2, 28),
    date(2028, 2, 29),
    date(2028, 3, 1),
]


class Dashboard:
    def __init__(self, today: date = NOV_22, *, zone: str = ZONE) -> None:
        noon = datetime.combine(today, time(12), ZoneInfo(zone))
        self.clock = FixedClock(noon.astimezone(UTC))
        self.counters = MemoryCounterRepository()
        self.limits = MemoryLimitRepository()
        self.stats = StatsService(counters=self.counters, clock=self.clock, zone=zone)
        self.visits = VisitCounting(
            visits=MemoryVisitRepository(self.counters, self.limits), clock=self.clock, zone=zone
        )

    def bands(self) -> list[dict[str, int | str]]:
        return [{"band": each.band, **asdict(each.genders)} for each in self.stats.age_bands()]

    def hours(self, month: str | None = None) -> dict[int, int]:
        """Return the hours in which somebody came."""
        _, hours = self.stats.access(month=month)
        assert len(hours) == 24
        return {hour: count for hour, count in enumerate(hours) if count}


def born(day: date, gender: Gender = "female", user_id: str = "u1") -> User:
    return replace(a_user(user_id), birth_date=day, gender=gender)


@pytest.mark.parametrize("today", TODAYS, ids=str)
def test_5000_people_of_every_age_and_gender_are_counted_as_one_by_one(today: date) -> None:
    dashboard, users = Dashboard(today), list(people(5000, seed=7, today=today))
    for user in users:
        dashboard.counters.add(of_user(user))

    assert dashboard.bands() == bands_of(users, today)
    genders = Counter(user.gender for user in users)
    assert asdict(dashboard.stats.genders()) == {each: genders[each] for each in GENDERS}
    assert dashboard.stats.overview().users == 5000


def is_over_90(user: User) -> bool:
    return age(user, TODAYS[0]) > 90


def test_the_sample_holds_the_ages_at_which_charts_break() -> None:
    bands = bands_of(people(5000, seed=7, today=TODAYS[0]), TODAYS[0])

    for band in bands:
        assert all(band[gender] for gender in GENDERS), band
    oldest = {user.gender for user in people(5000, seed=7, today=TODAYS[0]) if is_over_90(user)}
    assert oldest == set(GENDERS)


@pytest.mark.parametrize(
    ("birth_date", "band"),
    [
        (date(2026, 11, 22), "0s"),
        (date(2016, 11, 23), "0s"),
        (date(2016, 11, 22), "10s"),
        (date(2016, 12, 1), "0s"),
        (date(2016, 10, 31), "10s"),
        (date(1946, 11, 23), "70s"),
        (date(1946, 11, 22), "80+"),
        (date(1936, 11, 23), "80+"),
        (date(1900, 1, 1), "80+"),
    ],
)
def test_the_birthday_itself_changes_the_band(birth_date: date, band: str) -> None:
    dashboard = Dashboard(date(2026, 11, 22))
    dashboard.counters.add(of_user(born(birth_date)))

    assert [each["band"] for each in dashboard.bands() if each["female"]] == [band]


def test_the_chart_grows_older_by_itself() -> None:
    dashboard = Dashboard(date(2026, 11, 22))
    dashboard.counters.add(of_user(born(date(2016, 11, 23))))
    before = dashboard.bands()
    dashboard.clock.advance(days=1)

    assert before[0]["female"] == dashboard.bands()[1]["female"] == 1


def test_somebody_born_where_it_is_tomorrow_already_is_counted() -> None:
    dashboard = Dashboard(date(2026, 12, 31), zone="Pacific/Pago_Pago")
    dashboard.counters.add(of_user(born(date(2027, 1, 1))))

    assert dashboard.bands()[0]["female"] == 1


def test_an_empty_service_has_every_band_and_every_hour() -> None:
    dashboard = Dashboard()

    assert len(dashboard.bands()) == 9
    assert dashboard.hours() == {}
    assert dashboard.stats.overview().users == 0


def test_changing_gender_and_birth_date_moves_the_counts() -> None:
    dashboard = Dashboard()
    before, after = born(date(2016, 11, 23)), born(date(1946, 11, 22), "other")
    dashboard.counters.add(of_user(before))
    dashboard.counters.add(moved(before, after))

    assert dashboard.bands() == bands_of([after], date(2026, 11, 22))
    assert asdict(dashboard.stats.genders()) == {
        "female": 0,
        "male": 0,
        "other": 1,
        "undisclosed": 0,
    }


def test_changing_neither_moves_nothing() -> None:
    user = born(date(2000, 1, 1))

    assert moved(user, replace(user, name="Mina", timezone="UTC")) == {}


def test_counts_of_one_date_are_spread_over_items() -> None:
    users = [born(date(2000, 1, 1), user_id=f"u{number}") for number in range(200)]
    buckets = total(*(of_user(user) for user in users))

    assert len({b for b in buckets if b.counter == "users"}) == 8
    assert len({b for b in buckets if b.counter == "birth_years"}) == 4


class TestVisits:
    def test_the_hour_is_that_of_the_service(self) -> None:
        dashboard = Dashboard()  # noon in Seoul
        dashboard.visits.note(user_id="u1")

        assert dashboard.hours() == {12: 1}
        assert dashboard.stats.access()[0] == "2026-11"

    def test_coming_again_in_the_hour_is_the_same_as_once(self) -> None:
        dashboard = Dashboard()
        for _ in range(4):
            dashboard.visits.note(user_id="u1")
            dashboard.clock.advance(minutes=14, seconds=59)
        dashboard.visits.note(user_id="u2")

        assert dashboard.hours() == {12: 2}

    def test_each_hour_and_each_day_count_again(self) -> None:
        dashboard = Dashboard()
        for _ in range(49):
            dashboard.visits.note(user_id="u1")
            dashboard.clock.advance(hours=1)

        assert dashboard.hours() == {hour: 3 if hour == 12 else 2 for hour in range(24)}

    def test_a_month_begins_at_midnight_in_the_zone_of_the_service(self) -> None:
        dashboard = Dashboard(date(2026, 11, 30))
        dashboard.clock.advance(hours=11, minutes=59)
        dashboard.visits.note(user_id="u1")
        dashboard.clock.advance(minutes=1)
        dashboard.visits.note(user_id="u1")

        assert dashboard.hours("2026-11") == {23: 1}
        assert dashboard.hours() == dashboard.hours("2026-12") == {0: 1}
        assert dashboard.hours("2026-10") == {}

    def test_the_hour_that_comes_twice_counts_twice(self) -> None:
        dashboard = Dashboard(date(2026, 10, 24), zone="Europe/Berlin")
        dashboard.clock.advance(hours=14, minutes=30)  # 02:30, and clocks go back at 03:00
        dashboard.visits.note(user_id="u1")
        dashboard.clock.advance(hours=1)
        dashboard.visits.note(user_id="u1")

        assert dashboard.hours() == {2: 2}

    def test_hours_of_a_zone_between_the_hours_are_its_own(self) -> None:
        dashboard = Dashboard(zone="Asia/Kolkata")
        for _ in range(2):
            dashboard.visits.note(user_id="u1")
            dashboard.clock.advance(minutes=59)

        assert dashboard.hours() == {12: 1}

    def test_a_count_that_is_busy_keeps_nobody_out(self) -> None:
        class Busy:
            def count_once(self, amounts: Amounts, limit: Limit) -> bool:
                raise UnavailableError(retry_after=1)

        VisitCounting(visits=Busy(), clock=FixedClock(), zone=ZONE).note(user_id="u1")

    def test_visits_of_one_hour_are_spread_over_items(self) -> None:
        amounts = total(*(of_visit(f"u{n}", START + timedelta(0), ZONE) for n in range(200)))

        assert len(amounts) == 8
        assert sum(sum(cells.values()) for cells in amounts.values()) == 200
