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
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from botocore.session import Session

from support.scenes import Scene
from support.tables import TABLES

Record = dict[str, Any]
Event = dict[str, Any]
Items = dict[str, list[dict[str, Any]]]

PASSES = 3
_DISTURBED = 4
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
    """

    module: str
    happen: Callable[[Scene], Sequence[Record]]
    ignored: Mapping[str, frozenset[str]] = field(default_factory=dict)
    calls: int = 1
    pause: timedelta = timedelta(0)
    settle: Callable[[Scene], None] = lambda scene: None


class Crash(BaseException):
    """The process ends at once; nobody can catch it."""


class Chaos:
    """Breaks one call to AWS of an invocation: before it, or after it was carried out."""

    def __init__(self) -> None:
        self.crashes = 0
        self.errors = 0
        self._left: int | None = None
        self._fault = ""
        self._is_dead = False

    @contextmanager
    def disturbing(self, number: int, fault: str) -> Iterator[None]:
        self._left, self._fault, self._is_dead = number, fault, False
        try:
            yield
        finally:
            self._left, self._is_dead = None, False

    def install(self, patch: pytest.MonkeyPatch) -> None:
        original = BaseClient._make_api_call  # type: ignore[attr-defined]  # its stub leaves it out

        def call(client: Any, operation: str, params: Any) -> Any:
            return self._call(lambda: original(client, operation, params), operation)

        patch.setattr(BaseClient, "_make_api_call", call)
        _keep_clients(patch)

    def _call(self, run: Callable[[], Any], operation: str) -> Any:
        if self._is_dead:
            raise Crash
        if self._left is None:
            return run()
        self._left -= 1
        if self._left:
            return run()
        self._left = None
        if self._fault.endswith("after"):
            run()
        if self._fault.startswith("crash"):
            self.crashes += 1
            self._is_dead = True
            raise Crash
        self.errors += 1
        error = {"Code": "InternalServerError", "Message": "as ordered"}
        raise ClientError({"Error": error, "ResponseMetadata": {"RequestId": "r"}}, operation)  # type: ignore[typeddict-item]  # enough of it


def _keep_clients(patch: pytest.MonkeyPatch) -> None:
    """Give processes that start anew the clients of those before: they remember nothing either."""
    original, made = Session.create_client, {}

    def create_client(session: Session, service: str, *args: Any, **options: Any) -> Any:
        if service not in made:
            made[service] = original(session, service, *args, **options)
        return made[service]

    patch.setattr(Session, "create_client", create_client)


FAULTS = ("crash before", "crash after", "error before", "error after")


class Stage:
    """One case over its scene, played as often as wanted from the same beginning."""

    def __init__(self, case: Case, scene: Scene, patch: pytest.MonkeyPatch) -> None:
        self._case = case
        self._scene = scene
        self._patch = patch
        self.chaos = Chaos()
        self.records = [*case.happen(scene)]
        self._beginning = _items(), _objects(scene), scene.clock.now()
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
            assert not _left_of(self.records, self._handler({"Records": self.records}, CONTEXT))
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
                self._deliver({"Records": batch}, choice)
        return self._outcome()

    def _deliver(self, event: Event, choice: random.Random) -> None:
        """Call the Lambda until it took all, as AWS does."""
        for attempt in range(_ATTEMPTS):
            deepest = _DEEPEST if attempt < _DISTURBED else 10**9
            try:
                with self.chaos.disturbing(choice.randint(1, deepest), choice.choice(FAULTS)):
                    answer = self._handler(event, CONTEXT)
            except Crash:
                self._scene.restart()
                continue
            except Exception:  # noqa: S112  # AWS calls again
                continue
            left = _left_of(event.get("Records", []), answer)
            if not left:
                return
            event = {"Records": left}
        raise AssertionError(f"{self._case.module} never took its events")

    def _begin(self) -> None:
        items, objects, now = self._beginning
        _put_items(items)
        _put_objects(self._scene, objects)
        self._scene.begin(now)

    def _outcome(self) -> Any:
        self._case.settle(self._scene)
        return self._state()

    def _state(self) -> Any:
        tables = {
            table: sorted(_told(item, self._case.ignored.get(table, frozenset())) for item in items)
            for table, items in _items().items()
            if "*" not in self._case.ignored.get(table, ())
        }
        bucket = {
            key: hashlib.sha256(body).hexdigest() for key, body in _objects(self._scene).items()
        }
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


def _batches(records: Sequence[Record], choice: random.Random) -> Iterator[list[Record]]:
    start = 0
    while start < len(records):
        size = choice.randint(1, max(1, len(records) // 2))
        yield list(records[start : start + size])
        start += size


def _told(item: Mapping[str, Any], ignored: frozenset[str]) -> str:
    return json.dumps(
        {k: v for k, v in item.items() if k not in ignored}, sort_keys=True, default=str
    )


def _items() -> Items:
    return {
        table: [
            item
            for item in _scanned(table)
            # How far a run came is no result.
            if not item.get("counter", {}).get("S", "").startswith("checkpoint#")
        ]
        for table in TABLES
    }


def _scanned(table: str) -> list[dict[str, Any]]:
    pages = boto3.client("dynamodb").get_paginator("scan")
    found = pages.paginate(TableName=table, ConsistentRead=True)
    return [item for page in found for item in page["Items"]]


def _put_items(wanted: Items) -> None:
    """Put the tables back; the checkpoints of runs go."""
    client = boto3.client("dynamodb")
    for name, table in TABLES.items():
        for item in _scanned(name):
            if item not in wanted[name]:
                key = {k: item[k] for k in (table.hash, table.range) if k}
                client.delete_item(TableName=name, Key=key)
        there = _scanned(name)
        for item in wanted[name]:
            if item not in there:
                client.put_item(TableName=name, Item=item)


def _objects(scene: Scene) -> dict[str, bytes]:
    client = boto3.client("s3")
    found = client.list_objects_v2(Bucket=scene.bucket).get("Contents", [])
    return {
        each["Key"]: client.get_object(Bucket=scene.bucket, Key=each["Key"])["Body"].read()
        for each in found
    }


def _put_objects(scene: Scene, objects: Mapping[str, bytes]) -> None:
    client = boto3.client("s3")
    for key in _objects(scene).keys() - objects.keys():
        client.delete_object(Bucket=scene.bucket, Key=key)
    for key, body in objects.items():
        client.put_object(Bucket=scene.bucket, Key=key, Body=body)
