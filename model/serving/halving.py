import logging
import time
from collections.abc import Callable, Hashable
from typing import Any

from model.serving import metrics
from model.serving.faults import free_memory, lost_device, ran_out_of_memory

# For how long a limit is kept: what took the memory may be gone again.
REMEMBERED_SECONDS = 600

log = logging.getLogger("model.device")

Range = tuple[int, int]
Outcome = tuple[Range, Any]  # which rows, and what came of them: a result or an Exception


class Halving:
    """Runs work over ranges of rows, in parts as large as the memory allows.

    What runs out of memory is halved and tried once more, and the halves' size is remembered for
    its kind. After any other failure each row is tried once more by itself, so that one does not
    take its batch along.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._limits: dict[Hashable, tuple[int, float]] = {}

    def limit(self, kind: Hashable, most: int) -> int:
        """How many rows of a kind go into one part."""
        limit, until = self._limits.get(kind, (most, 0.0))
        if until <= self._clock():
            self._limits.pop(kind, None)
            return most
        return min(limit, most)

    def run(self, kind: Hashable, number: int, work: Callable[[Range], Any]) -> list[Outcome]:
        """Raises only when the device is lost."""
        outcomes: list[Outcome] = []
        first = 0
        while first < number:
            last = min(first + self.limit(kind, number), number)
            outcomes += self._try(kind, (first, last), work)
            first = last
        return outcomes

    def _try(self, kind: Hashable, rows: Range, work: Callable[[Range], Any]) -> list[Outcome]:
        try:
            return [(rows, work(rows))]
        except Exception as error:
            if lost_device(error):
                raise
            too_large = ran_out_of_memory(error)
            if not too_large and rows[1] - rows[0] == 1:
                return [(rows, error)]
        # Out of the handler, because the traceback keeps the failed part's tensors alive.
        first, last = rows
        half = (last - first + 1) // 2
        if too_large:
            metrics.HALVED.inc()
            log.warning("out_of_memory", extra={"images": last - first, "retry_with": half})
            free_memory()
            self._limits[kind] = half, self._clock() + REMEMBERED_SECONDS
        part = half if too_large else 1
        return [
            _try_again((start, min(start + part, last)), work) for start in range(first, last, part)
        ]


def _try_again(rows: Range, work: Callable[[Range], Any]) -> Outcome:
    try:
        return rows, work(rows)
    except Exception as error:
        if lost_device(error):
            raise
        return rows, error
