"""Counting everything again at night, to find and repair counters that are wrong.

Counters change in the transactions of what they count, so they can be wrong only by a mistake or
by somebody's hand. A recount looks at everything in pages and takes its time, while people go on;
so it compares only buckets whose version is the same afterwards as before, and repairs on the
condition that it still is. Nothing that happens meanwhile can be undone. What did change is looked
at the next night: most buckets are of months that are over.

After any break the next run goes on from the last checkpoint, with the same end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from deepstory.clock import Clock
from deepstory.observability import logger
from deepstory.paging import Position
from deepstory.stats.counting import counters_of
from deepstory.stats.entities import Bucket, Cells, Kind, Report, Tally
from deepstory.stats.repository import Census, Checkpoints, TallyRepository

KINDS: tuple[Kind, ...] = ("users", "posts", "pictures")
FIRST_HOUR = 3
# A transaction shows its writes one by one, within moments: let those under way end between
# reading the versions and looking at the first page.
_SETTLING_SECONDS = 2.0
# How much work a break may cost.
_PAGES_PER_CHECKPOINT = 20

# By counter and bucket name.
Versions = dict[str, dict[str, int]]
Counted = dict[str, dict[str, dict[str, int]]]


class Progress(msgspec.Struct, kw_only=True):
    """How far a night's recount is; the first kind left is under way once there are versions."""

    night: str
    left: list[Kind]
    versions: Versions | None = None
    counted: Counted = msgspec.field(default_factory=dict)
    number: int = 0
    position: Position | None = None
    is_counted: bool = False


class StatsRebuild:
    def __init__(
        self,
        *,
        census: Census,
        counters: TallyRepository,
        checkpoints: Checkpoints,
        clock: Clock,
        zone: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._census = census
        self._counters = counters
        self._checkpoints = checkpoints
        self._clock = clock
        self._zone = zone
        self._sleep = sleep

    def run(self, *, time_limit: timedelta) -> list[Report]:
        """Begin the night's recount when it is due, or go on with it; repeatable.

        Returns a report of each kind whose recount ended in this run.
        """
        until = self._clock.now() + time_limit
        reports: list[Report] = []
        progress = self._due()
        while progress.left and self._clock.now() < until:
            if progress.versions is None:
                self._begin(progress)
            if not self._count(progress, until):
                break
            reports.append(self._compare(progress))
            progress = Progress(night=progress.night, left=progress.left[1:])
            self._save(progress)
        return reports

    def _due(self) -> Progress:
        known = _progress(self._checkpoints.load())
        local = self._clock.now().astimezone(ZoneInfo(self._zone))
        tonight = local.date().isoformat()
        if known is not None and (known.left or known.night == tonight):
            return known
        return Progress(night=tonight, left=list(KINDS) if local.hour >= FIRST_HOUR else [])

    def _begin(self, progress: Progress) -> None:
        progress.versions = {
            counter: {name: tally.version for name, tally in tallies.items()}
            for counter in counters_of(progress.left[0])
            if (tallies := self._counters.tallies(counter))
        }
        self._sleep(_SETTLING_SECONDS)
        self._save(progress)

    def _count(self, progress: Progress, until: datetime) -> bool:
        """Look at the pages that are left; False if the time was over before the last."""
        pages = 0
        while not progress.is_counted:
            page = self._census.page(progress.left[0], after=progress.position)
            for (counter, name), cells in page.amounts.items():
                _add(progress.counted.setdefault(counter, {}).setdefault(name, {}), cells)
            progress.number += page.number
            progress.position = page.next
            progress.is_counted = page.next is None
            pages += 1
            is_late = self._clock.now() >= until
            if is_late or progress.is_counted or pages % _PAGES_PER_CHECKPOINT == 0:
                self._save(progress)
            if is_late:
                break
        return progress.is_counted

    def _compare(self, progress: Progress) -> Report:
        kind, versions = progress.left[0], progress.versions or {}
        checked = changed = repaired = drift = 0
        for counter in counters_of(kind):
            tallies = self._counters.tallies(counter)
            counted = progress.counted.get(counter, {})
            before = versions.get(counter, {})
            for name in sorted({*tallies, *counted, *before}):
                tally = tallies.get(name, Tally({}, 0))
                wrong = _difference(tally.cells, counted.get(name, {}))
                if tally.version != before.get(name, 0):
                    changed += 1
                elif not wrong:
                    checked += 1
                elif self._repair(Bucket(counter, name), tally, counted.get(name, {})):
                    checked, repaired, drift = checked + 1, repaired + 1, drift + wrong
                else:
                    changed += 1
        return Report(
            kind=kind,
            number=progress.number,
            checked=checked,
            changed=changed,
            repaired=repaired,
            drift=drift,
        )

    def _repair(self, bucket: Bucket, tally: Tally, cells: Cells) -> bool:
        if not self._counters.repair(bucket, tally, cells):
            return False
        about = {"bucket": "/".join(bucket), "was": dict(tally.cells), "is": dict(cells)}
        logger().warning("a counter was wrong", extra=about)
        return True

    def _save(self, progress: Progress) -> None:
        self._checkpoints.save(msgspec.msgpack.encode(progress))


def _progress(content: bytes | None) -> Progress | None:
    try:
        return msgspec.msgpack.decode(content, type=Progress) if content else None
    except msgspec.MsgspecError as error:
        logger().warning("a checkpoint of another release is left", exc_info=error)
        return None


def _add(sums: dict[str, int], cells: Cells) -> None:
    for cell, amount in cells.items():
        sums[cell] = sums.get(cell, 0) + amount


def _difference(one: Mapping[str, int], other: Mapping[str, int]) -> int:
    return sum(abs(one.get(cell, 0) - other.get(cell, 0)) for cell in {*one, *other})
