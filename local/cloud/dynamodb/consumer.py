"""One event source mapping reading one stream: in order, at least once, on its own thread."""

import logging
import threading
import time
from bisect import bisect_right
from collections.abc import Callable
from typing import Any

from local.cloud.dynamodb.batch import (
    Policy,
    Record,
    abandoned,
    backoff,
    first_failed,
    sequence_of,
)
from local.cloud.dynamodb.positions import Positions

IDLE_SECONDS = 1.0
_logger = logging.getLogger("local.cloud")


class ClosingError(Exception):
    """The cloud is stopping: what an invocation answers now means nothing."""


class Consumer:
    """Delivers what its mapping has not read yet; a slow Lambda delays nobody else."""

    def __init__(
        self,
        mapping_of: Callable[[], dict[str, Any] | None],
        records_of: Callable[[dict[str, Any]], list[Record]],
        invoke: Callable[[dict[str, Any], list[Record]], dict[str, Any]],
        give_up: Callable[[dict[str, Any], list[Record], dict[str, Any], str], None],
        positions: Positions,
        move: Callable[[str, str], object],
    ) -> None:
        self._mapping_of = mapping_of
        self._records_of = records_of
        self._invoke = invoke
        self._give_up = give_up
        self._positions = positions
        self._move = move
        self._attempts = 0
        self._limit: int | None = None
        self._first_seen: float | None = None
        self._woken = threading.Event()

    def wake(self) -> None:
        """Look for records now."""
        self._woken.set()

    def run(self) -> None:
        """Deliver until the mapping is deleted or the cloud stops."""
        while (mapping := self._mapping_of()) is not None:
            self._woken.clear()
            try:
                pause = self.deliver(mapping)
            except ClosingError:
                return
            except Exception:
                _logger.exception("delivery of stream records failed")
                pause = IDLE_SECONDS
            if self._attempts:
                time.sleep(pause)
            elif pause:
                self._woken.wait(pause)

    def deliver(self, mapping: dict[str, Any]) -> float:
        """Deliver at most one batch and return how long to wait for the next."""
        policy = Policy.of(mapping)
        unread = self._unread(mapping)
        if not unread or not mapping.get("Enabled", True):
            return IDLE_SECONDS
        if (wait := self._window(len(unread), policy)) > 0:
            return wait
        self._first_seen = None
        batch = unread[: self._limit or policy.batch_size]
        result = self._invoke(mapping, batch)
        failed = first_failed(batch, result, policy)
        if failed is None:
            self._advance(mapping, batch[-1])
            return 0
        if failed > 0:
            self._advance(mapping, batch[failed - 1])
        return self._failed(mapping, batch[failed:], result, policy)

    def _failed(
        self, mapping: dict[str, Any], rest: list[Record], result: dict[str, Any], policy: Policy
    ) -> float:
        self._attempts += 1
        reason = abandoned(rest, self._attempts, time.time(), policy)
        if reason is not None and (len(rest) == 1 or not policy.bisects):
            self._give_up(mapping, rest, result, reason)
            self._advance(mapping, rest[-1])
            return 0
        if policy.bisects and len(rest) > 1:
            self._limit = len(rest) // 2
        _logger.warning(
            "%s failed on %d stream records (attempt %d): %s",
            mapping["FunctionName"],
            len(rest),
            self._attempts,
            result.get("body"),
        )
        return backoff(self._attempts)

    def _advance(self, mapping: dict[str, Any], last: Record) -> None:
        self._move(mapping["UUID"], sequence_of(last))
        self._attempts = 0
        self._limit = None

    def _unread(self, mapping: dict[str, Any]) -> list[Record]:
        records = self._records_of(mapping)
        start = bisect_right(records, self._positions.read(mapping["UUID"]), key=sequence_of)
        return records[start : start + Policy.of(mapping).batch_size]

    def _window(self, count: int, policy: Policy) -> float:
        if count >= policy.batch_size or not policy.window_seconds:
            return 0
        now = time.monotonic()
        self._first_seen = self._first_seen or now
        return self._first_seen + policy.window_seconds - now
