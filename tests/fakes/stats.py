"""Counters in memory, with the behaviour that the contract tests demand of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock

from deepstory.limits import Limit
from deepstory.paging import Position
from deepstory.stats.counting import total
from deepstory.stats.entities import Amounts, Bucket, Cells, CensusPage, Kind, Tally
from fakes.core import MemoryLimitRepository


class MemoryCounterRepository:
    def __init__(self) -> None:
        self.stored: dict[Bucket, Tally] = {}
        self._lock = Lock()

    def read(self, counter: str) -> Mapping[str, Cells]:
        return {name: tally.cells for name, tally in self.tallies(counter).items()}

    def tallies(self, counter: str) -> Mapping[str, Tally]:
        return {
            bucket.name: Tally({c: n for c, n in tally.cells.items() if n}, tally.version)
            for bucket, tally in self.stored.items()
            if bucket.counter == counter
        }

    def repair(self, bucket: Bucket, tally: Tally, cells: Cells) -> bool:
        with self._lock:
            if self.stored.get(bucket, Tally({}, 0)).version != tally.version:
                return False
            self.stored[bucket] = Tally(dict(cells), tally.version + 1)
            return True

    def add(self, amounts: Amounts) -> None:
        with self._lock:
            for bucket, cells in amounts.items():
                tally = self.stored.get(bucket, Tally({}, 0))
                sums = {c: tally.cells.get(c, 0) + n for c, n in cells.items()}
                self.stored[bucket] = Tally({**tally.cells, **sums}, tally.version + 1)


class MemoryVisitRepository:
    def __init__(self, counters: MemoryCounterRepository, limits: MemoryLimitRepository) -> None:
        self._counters = counters
        self._limits = limits

    def count_once(self, amounts: Amounts, limit: Limit) -> bool:
        if not self._limits.take(limit):
            return False
        self._counters.add(amounts)
        return True


class MemoryCheckpoints:
    def __init__(self) -> None:
        self.content: bytes | None = None

    def load(self) -> bytes | None:
        return self.content

    def save(self, content: bytes) -> None:
        self.content = content


class MemoryCensus:
    """Looks at what ``things`` holds, in the order of their keys; ``on_page`` may interfere."""

    def __init__(self, *, size: int) -> None:
        self.things: dict[Kind, dict[str, Amounts]] = {"users": {}, "posts": {}, "pictures": {}}
        self.pages = 0
        self.on_page: Callable[[Kind, int], None] = lambda kind, page: None
        self._size = size

    def page(self, kind: Kind, *, after: Position | None) -> CensusPage:
        self.pages += 1
        self.on_page(kind, self.pages)
        things = self.things[kind]
        keys = sorted(key for key in things if after is None or key > after["key"])
        seen = keys[: self._size]
        return CensusPage(
            number=len(seen),
            amounts=total(*(things[key] for key in seen)),
            next={"key": seen[-1]} if len(keys) > len(seen) else None,
        )


class FakeVisits:
    """Remembers who came."""

    def __init__(self) -> None:
        self.noted: list[str] = []

    def note(self, *, user_id: str) -> None:
        self.noted.append(user_id)
