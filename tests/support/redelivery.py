"""Delivering events as badly as AWS may: cut anew, shuffled, again and again, with crashes.

A scene holds what happened and the events that tell of it. Its whole state (every table, the
bucket, what was sent to the model server) is written down, the events are delivered once and in
order, and the outcome is written down too. Then the state is put back and the same events come as
badly as they can; whatever comes out must be the same.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from support.chaos import FAULTS, Chaos, Crash
from support.scenes import Scene
from support.state import items, objects, put_items, put_objects, told
from support.tables import TABLES

Record = dict[str, Any]
Event = dict[str, Any]

PASSES = 3
_ATTEMPTS = 40
# Calls of one invocation among which the one that breaks is chosen.
_DEEPEST = 12
CONTEXT = SimpleNamespace(
    aws_request_id="request-1", get_remaining_time_in_millis=lambda: 15 * 60 * 1000
)


@dataclass(frozen=True)
class Case:
    """One Lambda and what it is called with.

    Attributes
    ----------
    module : the Lambda's, such as ``workers.like_counts``.
    happen : makes things happen and returns the records that tell of them; a Lambda that the clock
        calls gets none.
    ignored : bookkeeping attributes that may differ, by table; ``*`` ignores a table.
    calls, pause : how often the clock calls, and how far it moves after each call.
    settle : what the rest of the service does afterwards, undisturbed.
    of : what its records tell of, where one Lambda has several cases.
    breaks : how many tries of one delivery may break, the queue's deliveries allowing.
    patience : how long a queue holds back what was not taken.
    """

    module: str
    happen: Callable[[Scene], Sequence[Record]]
    ignored: Mapping[str, frozenset[str]] = field(default_factory=dict)
    calls: int = 1
    pause: timedelta = timedelta(0)
    settle: Callable[[Scene], None] = lambda scene: None
    of: str = ""
    breaks: int = 4
    patience: timedelta = timedelta(0)

    @property
    def name(self) -> str:
        return f"{self.module} of {self.of}" if self.of else self.module


class Stage:
    """One case over its scene, played as often as wanted from the same beginning."""

    def __init__(self, case: Case, scene: Scene, patch: pytest.MonkeyPatch) -> None:
        self._case = case
        self._scene = scene
        self._patch = patch
        self.chaos = Chaos()
        self.records = [*case.happen(scene)]
        self._beginning = items(), objects(scene.bucket), scene.clock.now()
        self.chaos.install(patch)
        self._handler: Callable[[Any, Any], Any] = getattr(import_module(case.module), "handler")  # noqa: B009  # of any module
        patch.setattr(import_module(case.module), "services", lambda: scene.services)

    def untouched(self) -> Any:
        """Return the outcome of delivering nothing, not even what settles it."""
        self._begin()
        return self._state()

    def once(self) -> Any:
        """Deliver everything once, in order, undisturbed; return the outcome."""
        self._begin()
        if self.records:
            for batch in _by_source(self.records):
                assert not _left_of(batch, self._handler({"Records": batch}, CONTEXT))
        else:
            for _ in range(self._case.calls):
                self._handler({}, CONTEXT)
                self._scene.clock.advance(seconds=self._case.pause.total_seconds())
        return self._outcome()

    def badly(self, seed: int) -> Any:
        """Deliver everything three times, shuffled and cut anew, with crashes in the middle."""
        self._begin()
        choice = random.Random(seed)  # noqa: S311  # no secret
        if not self.records:
            for _ in range(self._case.calls):
                for _ in range(PASSES):
                    self._deliver({}, choice)
                self._scene.clock.advance(seconds=self._case.pause.total_seconds())
            return self._outcome()
        for number in range(PASSES):
            ordered = _shuffled(self.records, choice, in_order=number == 0)
            for batch in _batches(ordered, choice):
                for records in _by_source(batch):
                    self._deliver({"Records": records}, choice)
        return self._outcome()

    def _deliver(self, event: Event, choice: random.Random) -> None:
        """Call the Lambda until it took all, as AWS does."""
        for attempt in range(_ATTEMPTS):
            deepest = _DEEPEST if attempt < self._case.breaks else 10**9
            try:
                with self.chaos.disturbing(choice.randint(1, deepest), choice.choice(FAULTS)):
                    answer = self._handler(event, CONTEXT)
            except Crash:
                self._scene.restart()
            except Exception:  # noqa: S110  # AWS calls again
                pass
            else:
                left = _left_of(event.get("Records", []), answer)
                if not left:
                    return
                event = {"Records": left}
            self._scene.clock.advance(seconds=self._case.patience.total_seconds())
        raise AssertionError(f"{self._case.module} never took its events")

    def _begin(self) -> None:
        rows, stored, now = self._beginning
        put_items(rows)
        put_objects(self._scene.bucket, stored)
        self._scene.begin(now)

    def _outcome(self) -> Any:
        self._case.settle(self._scene)
        return self._state()

    def _state(self) -> Any:
        tables = {
            table: sorted(told(item, self._case.ignored.get(table, frozenset())) for item in rows)
            for table, rows in items().items()
            if "*" not in self._case.ignored.get(table, ())
        }
        stored = objects(self._scene.bucket).items()
        bucket = {key: hashlib.sha256(body).hexdigest() for key, body in stored}
        return tables, bucket, self._scene.outside()


def _left_of(records: Sequence[Record], answer: Any) -> list[Record]:
    """Return what AWS delivers again after this answer."""
    failed = {each["itemIdentifier"] for each in (answer or {}).get("batchItemFailures", ())}
    if not failed:
        return []
    if "messageId" in records[0]:
        return [each for each in records if each["messageId"] in failed]
    numbers = [each["dynamodb"]["SequenceNumber"] in failed for each in records]
    assert any(numbers), "a record failed that was not delivered"
    return list(records[numbers.index(True) :])


def _shuffled(
    records: Sequence[Record], choice: random.Random, *, in_order: bool
) -> Sequence[Record]:
    """Mix the records; a stream keeps the order within a partition when it delivers first."""
    places = list(range(len(records)))
    choice.shuffle(places)
    if not in_order:
        return [records[place] for place in places]
    places_of: dict[str, list[int]] = defaultdict(list)
    for place, record in zip(places, records, strict=True):
        places_of[_partition(record)].append(place)
    mixed: dict[int, Record] = {}
    for partition, its_places in places_of.items():
        own = (record for record in records if _partition(record) == partition)
        mixed |= dict(zip(sorted(its_places), own, strict=True))
    return [mixed[place] for place in range(len(records))]


def _partition(record: Record) -> str:
    if "dynamodb" not in record:
        return json.dumps(record, sort_keys=True)
    table = record["eventSourceARN"].split("/")[1]
    return f"{table} {record['dynamodb']['Keys'][TABLES[table].hash]}"


def _by_source(records: Sequence[Record]) -> Iterator[list[Record]]:
    """Split what one event can't hold: it comes from one stream, or one topic, or one queue."""
    sources = [record.get("eventSourceARN") for record in records]
    for source in dict.fromkeys(sources):
        yield [record for record in records if record.get("eventSourceARN") == source]


def _batches(records: Sequence[Record], choice: random.Random) -> Iterator[list[Record]]:
    start = 0
    while start < len(records):
        size = choice.randint(1, max(1, len(records) // 2))
        yield list(records[start : start + size])
        start += size
