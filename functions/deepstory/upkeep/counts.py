"""Verifying how many likes and comments posts have, and repairing counts that are wrong.

A count follows its rows by a second or so, and only the stream knows which rows it holds already.
So a difference says nothing at first: somebody may just have liked. It is wrong for certain when
nothing was going on (two looks some seconds apart saw the same), and the same difference was there
more than a day before: the stream keeps changes for a day, so what was not counted by now will
never be.

The repair adds the difference, on condition that nothing was counted since the look. Whatever was
under way is counted on top of it, before or afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

import msgspec

from deepstory.clock import Clock
from deepstory.counting import Counter, CounterRepository
from deepstory.observability import logger
from deepstory.paging import Position
from deepstory.stats.repository import Checkpoints
from deepstory.upkeep.walking import Progress, Walk, night_of

# Longer than a healthy worker is behind.
SETTLING_SECONDS = 5.0
# Longer than a stream keeps what nobody took.
SUSPECTED_FOR = timedelta(hours=25)
# More than these are no accident: somebody has to look, and the checkpoint stays small.
MAXIMUM_SUSPECTS = 5000


class CountedPage(NamedTuple):
    """Things with their counts by kind, perhaps a moment old."""

    counts: Sequence[tuple[str, Mapping[str, int]]]
    next: Position | None


class Counts(Protocol):
    def page(self, *, after: Position | None) -> CountedPage: ...


class Rows(Protocol):
    def count_of(self, counted_id: str) -> int:
        """Count what belongs to it, consistently."""


class Kind(NamedTuple):
    """What is counted: where the count lies, and the rows that it counts."""

    counters: CounterRepository[Any]
    rows: Rows


class Suspect(msgspec.Struct, frozen=True):
    """A difference that may be real, and since when it has been the same."""

    difference: int
    seen_at: datetime


class CountsProgress(Progress, kw_only=True):
    """``suspects`` by kind and id outlive the night."""

    suspects: dict[str, dict[str, Suspect]] = msgspec.field(default_factory=dict)


class CountsReport(msgspec.Struct, frozen=True, kw_only=True):
    """What one run did.

    Attributes
    ----------
    looked_at : things whose counts were compared in this run.
    suspects : differences that are watched, and not repaired yet.
    repaired : counts that were wrong, and are right now.
    drift : by how much those were wrong, together.
    is_over : whether every thing of this night was looked at.
    """

    looked_at: int
    suspects: int
    repaired: int
    drift: int
    is_over: bool


class _Look(NamedTuple):
    counter: Counter
    difference: int


class CountVerification:
    def __init__(
        self,
        *,
        counts: Counts,
        kinds: Mapping[str, Kind],
        checkpoints: Checkpoints,
        clock: Clock,
        zone: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._counts = counts
        self._kinds = kinds
        self._clock = clock
        self._zone = zone
        self._sleep = sleep
        self._walk = Walk(CountsProgress, checkpoints=checkpoints, clock=clock)

    def run(self, *, time_limit: timedelta) -> CountsReport:
        """Repair what has been wrong for a day; begin the night's look when due, or go on."""
        until = self._clock.now() + time_limit
        progress = self._due()
        before = progress.sums.get("looked_at", 0)
        repaired, drift = self._repair(progress)
        if progress.phases:
            self._walk.go_on(progress, self._look, until=until)
        elif repaired:
            self._walk.save(progress)
        return CountsReport(
            looked_at=progress.sums.get("looked_at", 0) - before,
            suspects=sum(map(len, progress.suspects.values())),
            repaired=repaired,
            drift=drift,
            is_over=not progress.phases,
        )

    def _due(self) -> CountsProgress:
        known = self._walk.load() or CountsProgress(name="", phases=[])
        night = night_of(self._clock.now(), self._zone)
        if known.phases or night is None or night == known.name:
            return known
        return CountsProgress(name=night, phases=["posts"], suspects=known.suspects)

    def _look(self, progress: CountsProgress) -> Position | None:
        page = self._counts.page(after=progress.position)
        for name, kind in self._kinds.items():
            suspects = progress.suspects.setdefault(name, {})
            different = [
                counted_id
                for counted_id, counts in page.counts
                if kind.rows.count_of(counted_id) != counts[name]
            ]
            looks = self._settled(kind, different)
            for counted_id, _ in page.counts:
                look = looks.get(counted_id)
                self._watch(suspects, counted_id, look.difference if look else 0)
        progress.add(looked_at=len(page.counts))
        return page.next

    def _watch(self, suspects: dict[str, Suspect], counted_id: str, difference: int) -> None:
        known = suspects.get(counted_id)
        if not difference:
            suspects.pop(counted_id, None)
        elif known is None and len(suspects) >= MAXIMUM_SUSPECTS:
            logger().error("too many counts differ", extra={"watched": len(suspects)})
        elif known is None or known.difference != difference:
            suspects[counted_id] = Suspect(difference, self._clock.now())

    def _repair(self, progress: CountsProgress) -> tuple[int, int]:
        repaired = drift = 0
        due_before = self._clock.now() - SUSPECTED_FOR
        for name, suspects in progress.suspects.items():
            kind = self._kinds[name]
            due = [each for each, known in suspects.items() if known.seen_at <= due_before]
            for counted_id in due:
                # No night's look comes by what is gone.
                if kind.counters.get(counted_id) is None:
                    del suspects[counted_id]
            for counted_id, look in self._settled(kind, due).items():
                if look.difference != suspects[counted_id].difference:
                    continue  # The night's look will notice.
                count = max(0, look.counter.count + look.difference)
                sequence = look.counter.last_sequence
                if kind.counters.replace(look.counter, count=count, last_sequence=sequence):
                    del suspects[counted_id]
                    repaired, drift = repaired + 1, drift + abs(look.difference)
                    about = {"kind": name, "id": counted_id, "by": look.difference}
                    logger().warning("a count was wrong", extra=about)
        return repaired, drift

    def _settled(self, kind: Kind, counted_ids: Iterable[str]) -> dict[str, _Look]:
        """Return the real differences among these: nothing happened to them for a while."""
        first = self._differences(kind, counted_ids)
        if not first:
            return {}
        self._sleep(SETTLING_SECONDS)
        second = self._differences(kind, first)
        return {each: look for each, look in second.items() if look == first[each]}

    def _differences(self, kind: Kind, counted_ids: Iterable[str]) -> dict[str, _Look]:
        looks = {}
        for counted_id in counted_ids:
            counter = kind.counters.get(counted_id)
            if counter is not None:
                difference = kind.rows.count_of(counted_id) - counter.count
                if difference:
                    looks[counted_id] = _Look(counter, difference)
        return looks
