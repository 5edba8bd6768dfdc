"""Fakes of what everything stands on: time, randomness, keys, limits, idempotency records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Lock

from deepstory.idempotency import Claim, Idempotency, IdempotencyRecord
from deepstory.ids import IdFactory
from deepstory.keys import SigningKeys
from deepstory.limits import Limit

SECRET = '{"current":"k1","k1":"0123456789abcdef0123456789abcdef"}'
START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # noon in Seoul


class FixedClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, **by: float) -> None:
        self._now += timedelta(**by)


class CountedRandom:
    """Bytes that differ at every call and are the same in every run."""

    def __init__(self) -> None:
        self._calls = 0

    def __call__(self, length: int) -> bytes:
        self._calls += 1
        return self._calls.to_bytes(length, "big")


class FakeSecret:
    """A secret that a test can change, and that counts how often it was read."""

    def __init__(self, text: str = SECRET) -> None:
        self.text = text
        self.reads = 0

    def __call__(self) -> str:
        self.reads += 1
        return self.text


class MemoryLimitRepository:
    def __init__(self) -> None:
        self._used: dict[str, int] = {}
        self._lock = Lock()

    def take(self, limit: Limit, amount: int = 1) -> bool:
        with self._lock:
            if self.used(limit) + amount > limit.maximum:
                return False
            self._used[limit.key] = self.used(limit) + amount
            return True

    def give_back(self, limit: Limit, amount: int = 1) -> None:
        with self._lock:
            self._used[limit.key] = self.used(limit) - amount

    def used(self, limit: Limit) -> int:
        return self._used.get(limit.key, 0)


class MemoryIdempotencyRepository:
    def __init__(self) -> None:
        self.records: dict[str, IdempotencyRecord] = {}

    def find(self, key: str) -> IdempotencyRecord | None:
        return self.records.get(key)


def fake_keys(clock: FixedClock, text: str = SECRET) -> SigningKeys:
    return SigningKeys(FakeSecret(text), clock)


def fake_ids(clock: FixedClock) -> IdFactory:
    return IdFactory(clock, CountedRandom())


def fake_claim(
    repository: MemoryIdempotencyRepository, clock: FixedClock, *, key: str = "once"
) -> Claim[object]:
    """Return the claim of a request whose answer is the text of what it creates."""
    idempotency = Idempotency(repository, fake_keys(clock))
    return idempotency.claim(
        scope="test", key=key, request=b"{}", now=clock.now(), render=lambda result: str(result)
    )
