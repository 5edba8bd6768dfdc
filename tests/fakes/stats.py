"""Counters in memory, with the behaviour that the contract tests demand of both."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

from deepstory.limits import Limit
from deepstory.stats.entities import Amounts, Bucket, Cells, Tally
from fakes.core import MemoryLimitRepository


class MemoryCounterRepository:
    def __init__(self) -> None:
        self.tallies: dict[Bucket, Tally] = {}
        self._lock = Lock()

    def read(self, counter: str) -> Mapping[str, Cells]:
        found = {bucket.name: t for bucket, t in self.tallies.items() if bucket.counter == counter}
        return {name: {c: n for c, n in t.cells.items() if n} for name, t in found.items()}

    def add(self, amounts: Amounts) -> None:
        with self._lock:
            for bucket, cells in amounts.items():
                tally = self.tallies.get(bucket, Tally({}, 0))
                sums = {c: tally.cells.get(c, 0) + n for c, n in cells.items()}
                self.tallies[bucket] = Tally({**tally.cells, **sums}, tally.version + 1)


class MemoryVisitRepository:
    def __init__(self, counters: MemoryCounterRepository, limits: MemoryLimitRepository) -> None:
        self._counters = counters
        self._limits = limits

    def count_once(self, amounts: Amounts, limit: Limit) -> bool:
        if not self._limits.take(limit):
            return False
        self._counters.add(amounts)
        return True


class FakeVisits:
    """Remembers who came."""

    def __init__(self) -> None:
        self.noted: list[str] = []

    def note(self, *, user_id: str) -> None:
        self.noted.append(user_id)
