"""Erasing everything of a closed account, a bounded step at a time.

Every eraser finds what is left of its kind by itself, so there is no position to keep: a step that
broke off, came twice or ran beside another is gone on with by the next. Messages carry it from step
to step. Should all be lost, the clock finds the erasure by the time at which it is due.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec
from msgspec.structs import replace

from deepstory.clock import Clock
from deepstory.erasure.entities import LATE_LOOK_AFTER, Counts, EraseOrder, Erasure, Receipt
from deepstory.erasure.errors import ErasureIncompleteError
from deepstory.erasure.repository import Eraser, ErasureRepository
from deepstory.observability import logger, pseudonym
from deepstory.queues import Queue

AT_ONCE = 100
# A worker that has not ended by then is dead: its Lambda is ended before. Its message comes again
# a little later than that.
LEASE = timedelta(seconds=200)
# Within this time the message that goes on comes, or the clock goes on without it.
PATIENCE = timedelta(minutes=10)
# How often something may be left before people are called.
LOOKS = 3
_DUE_AT_ONCE = 100


class Cascade:
    def __init__(
        self,
        *,
        erasures: ErasureRepository,
        erasers: Sequence[Eraser],
        messages: Queue,
        clock: Clock,
        settling: timedelta,
    ) -> None:
        """``settling`` is how long what was under way when the account was closed may take."""
        self._erasures = erasures
        self._erasers = erasers
        self._messages = messages
        self._clock = clock
        self._settling = settling

    def step(self, *, user_id: str, time_limit: timedelta) -> None:
        """Erase until nothing is left or the time is over; repeatable at any time.

        While another worker is at it, nothing is done: that one goes on, or the clock does.

        Raises
        ------
        ErasureIncompleteError : something is left although everything was removed several times.
        """
        until = self._clock.now() + time_limit
        erasure = self._claimed(user_id)
        if erasure is None:
            return
        if erasure.found is None:
            # Before anything is removed, so that a break does not make it less.
            erasure = replace(erasure, found=self._counts(user_id))
            self._erasures.note_found(user_id, erasure.found or {})
        for eraser in self._erasers:
            while eraser.erase(user_id, limit=AT_ONCE):
                if self._clock.now() >= until:
                    self._go_on(erasure)
                    return
        self._look(erasure)

    def resume_due(self) -> int:
        """Send a message for every erasure that is due, and return how many they were."""
        due = self._erasures.due(until=self._clock.now(), limit=_DUE_AT_ONCE)
        for user_id in due:
            self._send(user_id)
        return len(due)

    def _claimed(self, user_id: str) -> Erasure | None:
        """Return the erasure, leased to this worker; None if it is done, or another has it."""
        now = self._clock.now()
        erasure = self._erasures.get(user_id)
        if erasure is None or not self._erasures.claim(erasure, now=now, until=now + LEASE):
            return None
        return erasure

    def _look(self, erasure: Erasure) -> None:
        """Count what is left, once everything that was under way has come to its end."""
        now = self._clock.now()
        settled_at = erasure.closed_at + self._settling
        if now < settled_at:
            self._go_on(erasure, delay=settled_at - now)
            return
        left = self._counts(erasure.user_id)
        about = {"user": pseudonym(erasure.user_id), "left": left, "found": erasure.found}
        if any(left.values()):
            logger().warning("something is left of an account", extra=about)
            self._look_again(replace(erasure, looks=erasure.looks + 1))
            return
        logger().info("nothing is left of an account", extra=about)
        late_look = erasure.closed_at + LATE_LOOK_AFTER
        if now < late_look:
            verified_at = erasure.verified_at or now
            self._erasures.release(replace(erasure, due_at=late_look, verified_at=verified_at))
            return
        receipt = Receipt(
            pseudonym=pseudonym(erasure.user_id),
            closed_at=erasure.closed_at,
            finished_at=now,
            found=erasure.found or {},
            left=left,
        )
        self._erasures.finish(erasure, receipt)

    def _look_again(self, erasure: Erasure) -> None:
        if erasure.looks < LOOKS:
            self._go_on(erasure, delay=self._settling)
            return
        self._erasures.release(replace(erasure, due_at=self._clock.now() + PATIENCE))
        raise ErasureIncompleteError

    def _go_on(self, erasure: Erasure, *, delay: timedelta = timedelta(0)) -> None:
        due_at = self._clock.now() + delay + PATIENCE
        self._erasures.release(replace(erasure, due_at=due_at))
        self._send(erasure.user_id, delay=delay)

    def _send(self, user_id: str, *, delay: timedelta = timedelta(0)) -> None:
        self._messages.send(msgspec.json.encode(EraseOrder(user_id)), delay=delay)

    def _counts(self, user_id: str) -> Counts:
        return {eraser.name: eraser.count(user_id) for eraser in self._erasers}
