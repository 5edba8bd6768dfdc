"""Old rows are brought into today's form, once, whatever breaks off."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deepstory.upkeep import backfill as module
from deepstory.upkeep.backfill import Backfill, BackfillReport
from fakes.core import FixedClock
from fakes.stats import MemoryCheckpoints
from fakes.upkeep import MemoryOldRows

LONG = timedelta(minutes=10)


class Index:
    def __init__(self) -> None:
        self.indexed: set[str] = set()

    def update(self, *, post_id: str) -> bool:
        is_new = post_id not in self.indexed
        self.indexed.add(post_id)
        return is_new


class Release:
    def __init__(self) -> None:
        self.users = MemoryOldRows("u1", "u2", "u3")
        self.posts = MemoryOldRows("p1", "p2", "p3", "p4", "p5")
        self.index = Index()
        self.checkpoints = MemoryCheckpoints()

    def run(self, time_limit: timedelta = LONG) -> BackfillReport | None:
        return Backfill(
            users=self.users,
            posts=self.posts,
            index=self.index,
            checkpoints=self.checkpoints,
            clock=FixedClock(),
        ).run(time_limit=time_limit)


def test_everything_is_completed_and_indexed_once() -> None:
    release = Release()

    assert release.run() == BackfillReport(looked_at=8, users=3, posts=5, indexed=5)
    assert release.run() is None
    assert all(release.users.complete_ones.values())
    assert release.index.indexed == {"p1", "p2", "p3", "p4", "p5"}


def test_runs_without_time_come_to_the_same_end() -> None:
    release = Release()
    reports = [release.run(timedelta(0)) for _ in range(12)]

    assert [report for report in reports if report] == [
        BackfillReport(looked_at=8, users=3, posts=5, indexed=5)
    ]


def test_another_name_looks_at_everything_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    release = Release()
    release.run()
    monkeypatch.setattr(module, "NAME", "next")
    release.posts.complete_ones["p6"] = False

    assert release.run() == BackfillReport(looked_at=1, posts=1, indexed=1)
    assert release.run() is None
