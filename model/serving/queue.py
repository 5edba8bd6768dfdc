import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Condition, Lock

from model.serving.drawing import Drawing
from model.serving.errors import unavailable
from model.serving.metrics import WAITING
from model.serving.painter import Picture


@dataclass(eq=False)
class Job:
    """A drawing on its way. Cancelling `result` is how the client's going away is told."""

    drawing: Drawing
    result: Future[list[Picture]] = field(default_factory=Future)
    arrived: float = field(default_factory=time.monotonic)
    _settling: Lock = field(default_factory=Lock)

    def deliver(self, outcome: list[Picture] | Exception) -> None:
        """Settle the result, unless it was settled or cancelled before."""
        with self._settling:
            if self.result.done() or not self.result.set_running_or_notify_cancel():
                return
            if isinstance(outcome, Exception):
                self.result.set_exception(outcome)
            else:
                self.result.set_result(outcome)


class JobQueue:
    """Bounded, first in first out, read in batches of equal key by one device thread."""

    def __init__(self, *, size: int, max_batch: int, window_seconds: float) -> None:
        self._size = size
        self._max_batch = max_batch
        self._window_seconds = window_seconds
        self._jobs: deque[Job] = deque()
        self._changed = Condition()
        self._closed = False

    @property
    def closed(self) -> bool:
        return self._closed

    def put(self, job: Job) -> None:
        with self._changed:
            if self._closed:
                raise unavailable("draining", "The server is shutting down.")
            self._forget_cancelled()
            if len(self._jobs) >= self._size:
                raise unavailable("queue_full", "Too many drawings are waiting.")
            self._jobs.append(job)
            WAITING.set(len(self._jobs))
            self._changed.notify()

    def take(self) -> list[Job]:
        """Wait for the next batch. An empty one means closed, and nothing left.

        The oldest job is always in the batch, so no mix of keys can starve one.
        """
        with self._changed:
            while True:
                self._changed.wait_for(lambda: self._jobs or self._closed)
                self._wait_for_company()
                if batch := self._pick():
                    return batch
                if self._closed:
                    return []

    def close(self) -> list[Job]:
        """Accept nothing more; `take` still hands out what waits. Returns what waits."""
        with self._changed:
            self._closed = True
            self._changed.notify()
            return list(self._jobs)

    def _wait_for_company(self) -> None:
        while self._jobs and not self._closed:
            oldest = self._jobs[0]
            images = sum(
                len(job.drawing.seeds)
                for job in self._jobs
                if job.drawing.batch_key == oldest.drawing.batch_key
            )
            left = oldest.arrived + self._window_seconds - time.monotonic()
            if images >= self._max_batch or left <= 0:
                return
            self._changed.wait(left)

    def _pick(self) -> list[Job]:
        self._forget_cancelled()
        batch: list[Job] = []
        others: deque[Job] = deque()
        room = self._max_batch
        for job in self._jobs:
            images = len(job.drawing.seeds)
            fits = images <= room and job.drawing.batch_key == self._jobs[0].drawing.batch_key
            (batch if fits else others).append(job)
            room -= images if fits else 0
        self._jobs = others
        WAITING.set(len(others))
        return batch

    def _forget_cancelled(self) -> None:
        self._jobs = deque(job for job in self._jobs if not job.result.cancelled())
