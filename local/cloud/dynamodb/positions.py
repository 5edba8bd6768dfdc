"""Sequence numbers of stream records and how far each event source mapping has read."""

import threading
from collections.abc import Iterator

from local.cloud.journal.lines import Operation

START = ""
_FIRST = 10**24


class Positions:
    """Numbers that only grow, whatever the clock does and however often the cloud restarts.

    They have one width, so they order alike as text and as numbers. A record keeps its number
    for ever: a consumer that remembers the last one it counted can't count it twice.
    """

    def __init__(self) -> None:
        self._number = 0
        self._read: dict[str, str] = {}
        self._lock = threading.Lock()

    def following(self) -> str:
        """Return the next sequence number."""
        with self._lock:
            self._number += 1
            return str(_FIRST + self._number)

    def newest(self) -> str:
        """Return the last sequence number given out."""
        return str(_FIRST + self._number)

    def read(self, mapping: str) -> str:
        """Return the sequence number up to which a mapping has processed records."""
        return self._read.get(mapping, START)

    def forget(self, mapping: str) -> None:
        """Drop a deleted mapping; it vanishes from the disk with the next snapshot."""
        self._read.pop(mapping, None)

    def apply(self, operation: Operation) -> None:
        """Restore from a journalled operation, among them those that carry a record."""
        match operation:
            case ["read", mapping, number]:
                self._read[mapping] = number
            case ["numbered", number]:
                self._number = max(self._number, number)
            case ["event", _, _, _, record]:
                number = int(record["dynamodb"]["SequenceNumber"]) - _FIRST
                self._number = max(self._number, number)

    def snapshot(self) -> Iterator[Operation]:
        """Return the operations that restore this object."""
        yield ["numbered", self._number]
        for mapping, number in list(self._read.items()):
            yield ["read", mapping, number]
