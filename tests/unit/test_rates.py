"""Counting in memory first, and together only as often as a rate says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deepstory.errors import TooManyRequestsError
from deepstory.limits import Limit
from deepstory.rates import Rate, RateLimiter
from fakes.core import FixedClock, MemoryLimitRepository

ALONE = Rate(maximum=5, length=timedelta(minutes=1))
EXACT = Rate(maximum=5, length=timedelta(minutes=1), share_every=1)
SHARED = Rate(maximum=20, length=timedelta(minutes=1), share_every=4)


class CountedLimits(MemoryLimitRepository):
    def __init__(self) -> None:
        super().__init__()
        self.writes = 0

    def take(self, limit: Limit, amount: int = 1) -> bool:
        self.writes += 1
        return super().take(limit, amount)


class Fleet:
    """Processes over one store."""

    def __init__(self, number: int = 1, **settings: int) -> None:
        self.clock, self.limits = FixedClock(), CountedLimits()
        self.processes = [
            RateLimiter(limits=self.limits, clock=self.clock, **settings) for _ in range(number)
        ]

    def passed(self, *rates: Rate, times: int, subject: str = "u1") -> int:
        """Return how many of so many uses, spread over the processes, are let through."""
        return sum(
            not self.processes[number % len(self.processes)].seconds_to_wait(
                name="write", subject=subject, rates=rates
            )
            for number in range(times)
        )


@pytest.mark.parametrize("rate", [ALONE, EXACT, SHARED])
def test_one_process_lets_through_exactly_the_maximum(rate: Rate) -> None:
    assert Fleet().passed(rate, times=rate.maximum + 7) == rate.maximum


def test_who_is_refused_is_told_the_rest_of_the_window() -> None:
    fleet = Fleet()
    fleet.clock.advance(seconds=12)
    fleet.passed(ALONE, times=5)

    with pytest.raises(TooManyRequestsError) as refused:
        fleet.processes[0].take(name="write", subject="u1", rates=[ALONE])

    assert refused.value.retry_after == 48
    fleet.clock.advance(seconds=48)
    assert fleet.passed(ALONE, times=1) == 1


def test_exact_rate_is_exact_over_many_processes() -> None:
    assert Fleet(7).passed(EXACT, times=40) == 5


def test_shared_rate_exceeds_its_maximum_by_no_more_than_what_is_not_shared_yet() -> None:
    fleet = Fleet(7)

    assert 20 <= fleet.passed(SHARED, times=400) <= 20 + 7 * 3
    # Every process was refused by the store once, and asked it no more.
    assert fleet.limits.writes == 20 // 4 + 7


def test_ordinary_use_costs_no_write_and_heavy_use_a_quarter() -> None:
    fleet = Fleet()

    fleet.passed(SHARED, times=3)
    assert fleet.limits.writes == 0
    fleet.passed(SHARED, times=17)
    assert fleet.limits.writes == 5


def test_refusing_costs_nothing() -> None:
    fleet = Fleet()
    fleet.passed(EXACT, times=5)
    writes = fleet.limits.writes

    assert fleet.passed(EXACT, times=1000) == 0
    assert fleet.limits.writes == writes


def test_what_is_shared_of_a_user_says_whose_it_is() -> None:
    fleet = Fleet()
    taken: list[Limit] = []
    take = fleet.limits.take

    def noted(limit: Limit, amount: int = 1) -> bool:
        taken.append(limit)
        return take(limit, amount)

    fleet.limits.take = noted  # type: ignore[method-assign]  # a spy
    fleet.processes[0].take(name="write", subject="user#u1", rates=[EXACT], owner_id="u1")
    fleet.processes[0].take(name="write", subject="address#192.0.2.1", rates=[EXACT])

    assert [limit.owner_id for limit in taken] == ["u1", None]


def test_rate_that_is_not_shared_never_reaches_the_store() -> None:
    fleet = Fleet(2)

    assert fleet.passed(ALONE, times=100) == 2 * 5
    assert fleet.limits.writes == 0


def test_subjects_and_names_are_counted_apart() -> None:
    fleet = Fleet()
    fleet.passed(EXACT, times=9)

    assert fleet.passed(EXACT, times=1, subject="u2") == 1
    assert fleet.processes[0].seconds_to_wait(name="other", subject="u1", rates=[EXACT]) == 0


def test_the_first_rate_that_is_used_up_counts() -> None:
    day = Rate(maximum=7, length=timedelta(days=1), share_every=1)
    fleet = Fleet()

    assert fleet.passed(EXACT, day, times=9) == 5
    fleet.clock.advance(minutes=1)
    assert fleet.passed(EXACT, day, times=9) == 2
    assert fleet.processes[0].seconds_to_wait(name="write", subject="u1", rates=[day]) > 3600


def test_scale_is_a_deployments_own_generosity() -> None:
    assert Fleet(scale=3).passed(EXACT, times=50) == 15


def test_memory_is_bounded_and_live_counts_stay_as_long_as_there_is_room() -> None:
    fleet = Fleet(remembered=10)
    for number in range(10):
        fleet.passed(ALONE, times=1, subject=f"gone {number}")
    fleet.clock.advance(minutes=1)
    fleet.passed(ALONE, times=5, subject="live")

    assert fleet.passed(ALONE, times=1, subject="live") == 0
    for number in range(100):
        fleet.passed(EXACT, times=5, subject=f"other {number}")
        fleet.passed(EXACT, times=5, subject="busy")
    # What was shared is remembered by the store, whatever a process forgets.
    assert fleet.passed(EXACT, times=5, subject="busy") == 0
