"""The durable side of DynamoDB: commits units to the journal and replaces it by snapshots."""

import itertools
import logging
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from local.cloud.dynamodb.positions import START, Positions
from local.cloud.dynamodb.state import TableState
from local.cloud.dynamodb.unit import Unit, scope_of
from local.cloud.journal.generations import Generations
from local.cloud.journal.lines import Operation

JOURNAL_LIMIT = 16 * 1024 * 1024
_logger = logging.getLogger("local.cloud")


class Part(Protocol):
    """Something in memory that is rebuilt from journalled operations; it ignores others'."""

    def apply(self, operation: Operation) -> object:
        """Carry out one operation."""

    def snapshot(self) -> Iterator[Operation]:
        """Return the operations that lead to the present state."""


class Readers(Protocol):
    """Who reads the streams."""

    def publish(self, events: list[Operation]) -> None:
        """Tell of records that may be read now."""

    def read_by_all(self, place: tuple[str, str, str]) -> str:
        """Return the sequence number below which a table's records are needed no more."""


class DurableStore:
    """Nothing is acknowledged, and no stream record is seen, before it is in the journal."""

    def __init__(
        self,
        dynamodb: Any,
        generations: Generations,
        positions: Positions,
        others: Iterable[Part] = (),
    ) -> None:
        self._generations = generations
        self._positions = positions
        self._readers: Readers | None = None
        self._state = TableState(dynamodb)
        self._parts: list[Part] = [self._state, positions, *others]
        self._records = dynamodb._stream_records
        self._lock = threading.Lock()
        self._full = False
        self._second = 0

    def serve(self, readers: Readers) -> None:
        """Tell ``readers`` of every record from now on."""
        self._readers = readers

    def restore(self) -> int:
        """Rebuild the state of the last acknowledged request; returns the operations it took."""
        count = self._generations.restore(self._apply)
        self._state.recount()
        return count

    def commit(self, unit: Unit) -> None:
        """Make a unit durable, then let its stream records be read. Raises ``OSError``."""
        with self._lock:
            metadata = self._metadata(unit)
            if operations := metadata + unit.operations():
                self._append(operations)
                self._state.note_durable(metadata)
            for event in unit.events:
                self._state.apply(event)
        if self._readers:
            self._readers.publish(unit.events)

    def record(self, operation: Operation) -> None:
        """Make one operation durable, then carry it out. Raises ``OSError``."""
        with self._lock:
            self._append([operation])
            self._apply(operation)

    def commit_metadata(self) -> None:
        """Make tables durable that came to be without a request, as CloudFormation's do."""
        with self._lock:
            if operations := self._state.metadata():
                self._append(operations)
                self._state.note_durable(operations)

    def move(self, mapping: str, number: str) -> None:
        """Remember how far a mapping has read; losing that only repeats a delivery."""
        with self._lock:
            operation = ["read", mapping, number]
            self._positions.apply(operation)
            try:
                self._append([operation])
            except OSError:
                _logger.debug("a read position was not stored")

    def wants_snapshot(self) -> bool:
        """Whether the journal has grown so large that a restart would take long."""
        return self._generations.journal_size > JOURNAL_LIMIT

    def begin_snapshot(self) -> tuple[int, Iterable[Operation]]:
        """Start a generation, on the event loop; ``complete_snapshot`` does the long part."""
        with self._lock:
            generation = self._generations.begin()
            parts = [part.snapshot() for part in self._parts]
            return generation, list(
                itertools.chain([["at", int(time.time())]], *parts, self._undelivered())
            )

    def complete_snapshot(self, generation: int, operations: Iterable[Operation]) -> None:
        """Write a begun snapshot; may run on any thread."""
        self._generations.complete(generation, operations)

    def sync(self) -> None:
        """Force what is journalled to the disk."""
        self._generations.sync()

    def close(self) -> None:
        """Close the journal."""
        self._generations.close()

    def _apply(self, operation: Operation) -> None:
        for part in self._parts:
            part.apply(operation)

    def _metadata(self, unit: Unit) -> list[Operation]:
        if unit.metadata_of is not None:
            return self._state.metadata(unit.metadata_of)
        for table in unit.tables():
            if not self._state.is_durable(table):
                return self._state.metadata(scope_of(table))
        return []

    def _undelivered(self) -> Iterator[Operation]:
        for place, records in self._records.all_items():
            read = self._readers.read_by_all(place) if self._readers else START
            for record in records:
                if record["dynamodb"]["SequenceNumber"] > read:
                    yield ["event", *place, record]

    def _append(self, operations: list[Operation]) -> None:
        # Marks let the past be found again; see recovery.py.
        second = int(time.time())
        if second > self._second:
            operations = [["at", second], *operations]
        try:
            self._generations.append(operations)
            self._second = max(second, self._second)
        except OSError as error:
            if not self._full:
                _logger.error("Writes are refused until there is space again (%s).", error)
            self._full = True
            raise
        self._full = False
