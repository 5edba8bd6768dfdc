"""Nights in which the statistics are recounted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from msgspec.structs import asdict

from deepstory.stats.counting import less, of_picture, of_post, of_user
from deepstory.stats.entities import Amounts, Bucket, Kind, Report, Tally
from deepstory.stats.rebuild import StatsRebuild
from deepstory.stats.service import StatsService
from fakes.core import START, FixedClock
from fakes.posts import ZONE
from fakes.stats import MemoryCensus, MemoryCheckpoints, MemoryCounterRepository
from support.people import people

TODAY = date(2026, 11, 22)
PAGE = 100
LONG = timedelta(minutes=10)
Snapshot = dict[Bucket, dict[str, int]]


class Night:
    """A service with people, posts and pictures, and its recount."""

    def __init__(self, number: int = 0) -> None:
        self.clock = FixedClock()
        self.counters = MemoryCounterRepository()
        self.census = MemoryCensus(size=PAGE)
        self.checkpoints = MemoryCheckpoints()
        self.pauses: list[float] = []
        self.stats = StatsService(counters=self.counters, clock=self.clock, zone=ZONE)
        self.users = list(people(number, seed=5, today=TODAY))
        for user in self.users:
            self.add("users", user.user_id, of_user(user))
        for index in range(number // 5):
            created_at = START - timedelta(days=index % 300)
            self.add("posts", f"p{index}", of_post(f"p{index}", created_at))
            self.add("pictures", f"i{index}", of_picture(f"i{index}", created_at))

    def rebuild(self) -> StatsRebuild:
        return StatsRebuild(
            census=self.census,
            counters=self.counters,
            checkpoints=self.checkpoints,
            clock=self.clock,
            zone=ZONE,
            sleep=self.pauses.append,
        )

    def run(self, time_limit: timedelta = LONG) -> dict[Kind, Report]:
        return {report.kind: report for report in self.rebuild().run(time_limit=time_limit)}

    def add(self, kind: Kind, key: str, amounts: Amounts) -> None:
        self.census.things[kind][key] = amounts
        self.counters.add(amounts)

    def remove(self, kind: Kind, key: str) -> None:
        self.counters.add(less(self.census.things[kind].pop(key)))

    def held(self) -> Snapshot:
        """Return what the counters hold, without their versions."""
        stored = self.counters.stored.items()
        return {
            bucket: cells
            for bucket, tally in stored
            if (cells := {cell: n for cell, n in tally.cells.items() if n})
        }

    def damage(self) -> None:
        """Make counters wrong without anybody having changed anything."""
        buckets = sorted(self.counters.stored)
        for bucket in buckets[::7]:
            tally = self.counters.stored[bucket]
            self.counters.stored[bucket] = Tally({**tally.cells, "01f": 40}, tally.version)
        for bucket in buckets[3::7]:
            tally = self.counters.stored[bucket]
            self.counters.stored[bucket] = Tally({}, tally.version)

    def bands(self) -> list[dict[str, Any]]:
        return [{"band": each.band, **asdict(each.genders)} for each in self.stats.age_bands()]
