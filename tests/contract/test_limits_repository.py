"""What every counter of limits, and every store of idempotency records, must do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from deepstory.config import Settings
from deepstory.idempotency import DynamoDBIdempotencyRepository, IdempotencyRecord
from deepstory.limits import DynamoDBLimitRepository, LimitRepository, window
from fakes.core import START, MemoryLimitRepository

LIMIT = window("try", maximum=5, length=timedelta(minutes=15), now=START)


@pytest.fixture(params=["memory", "dynamodb"])
def limits(request: pytest.FixtureRequest) -> LimitRepository:
    if request.param == "memory":
        return MemoryLimitRepository()
    return DynamoDBLimitRepository(request.getfixturevalue("settings").limits_table)


class TestLimitRepository:
    def test_uses_beyond_the_maximum_are_refused_and_not_counted(
        self, limits: LimitRepository
    ) -> None:
        assert [limits.take(LIMIT) for _ in range(7)] == [True] * 5 + [False] * 2
        assert limits.used(LIMIT) == 5

    def test_amount_that_does_not_fit_counts_nothing(self, limits: LimitRepository) -> None:
        assert limits.take(LIMIT, 3)
        assert not limits.take(LIMIT, 3)
        assert limits.take(LIMIT, 2)

    def test_given_back_uses_can_be_taken_again(self, limits: LimitRepository) -> None:
        limits.take(LIMIT, 5)
        limits.give_back(LIMIT, 2)

        assert limits.used(LIMIT) == 3
        assert limits.take(LIMIT, 2)

    def test_windows_are_counted_apart(self, limits: LimitRepository) -> None:
        later = window(
            "try", maximum=5, length=timedelta(minutes=15), now=START + timedelta(minutes=15)
        )
        limits.take(LIMIT, 5)

        assert limits.take(later)
        assert limits.used(later) == 1

    def test_parallel_uses_never_exceed_the_maximum(self, limits: LimitRepository) -> None:
        with ThreadPoolExecutor(8) as pool:
            taken = list(pool.map(lambda _: limits.take(LIMIT), range(40)))

        assert sum(taken) == 5


def test_window_tells_the_seconds_left() -> None:
    assert LIMIT.seconds_left(START) == 900
    assert LIMIT.seconds_left(LIMIT.ends_at) == 1


def test_records_are_found_by_key(settings: Settings) -> None:
    repository = DynamoDBIdempotencyRepository(settings.idempotency_table)
    record = IdempotencyRecord(key="k", fingerprint="k1:f", answer="{}", expires_at=1)
    repository.item(record).save()

    assert repository.find("k") == record
    assert repository.find("other") is None
