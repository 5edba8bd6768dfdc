import math
import time
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Condition, Lock

from model.serving.drawing import Drawing
from model.serving.errors import unavailable
from model.serving.metrics import WAITING
from model.serving.painter import Picture
from model.serving.progress import Listener

Key = Callable[[Drawing], Hashable]  # drawings of equal keys can share a batch
LONGEST_RETRY_SECONDS = 60
PACE_MEMORY = 0.8  # of the last measurements, in the average of what an image takes


@dataclass(eq=False)
class Job:
    """A drawing on its way. Cancelling `result` is how the client's going away is told."""

    drawing: Drawing
    result: Future[list[Picture]] = field(default_factory=Future)
    arrived: float = 0.0
    listener: Listener | None = None
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

    def tell(self, event: str, **news: int) -> None:
        if self.listener:
            self.listener.hear(event, news)


class JobQueue:
    """Bounded, first in first out but for what joins a running batch, read by one device thread.

    A job can only be overtaken by those that join a running batch while it has waited for less
    than `max_overtaking_seconds`, and by those that a batch takes along as it begins: it begins
    with the oldest job, so that at most as many batches begin before a job as jobs were ahead.
    """

    def __init__(
        self,
        *,
        size: int,
        max_batch: int,
        max_overtaking_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._size = size
        self._max_batch = max_batch
        self._max_overtaking_seconds = max_overtaking_seconds
        self._clock = clock
        self._jobs: deque[Job] = deque()
        self._taken: set[Job] = set()
        self._changed = Condition()
        self._closed = False
        self._failure: Exception | None = None
        self._seconds_per_image = 0.0

    @property
    def closed(self) -> bool:
        return self._closed

    def put(self, job: Job) -> None:
        with self._changed:
            if self._closed:
                raise unavailable("draining", "The server is shutting down.")
            self._forget_settled()
            if len(self._jobs) >= self._size:
                raise unavailable("queue_full", "Too many drawings are waiting.", self._patience())
            job.arrived = self._clock()
            job.tell("waiting", ahead=len(self._jobs))
            self._jobs.append(job)
            WAITING.set(len(self._jobs))
            self._changed.notify()

    def take(self, key: Key, window_seconds: float = 0.0) -> list[Job]:
        """Wait for jobs to begin a batch with. None at all means closed, and nothing left.

        The oldest job is always among them, with the others of its key. One that comes to an empty
        queue waits `window_seconds` for company.
        """
        with self._changed:
            while True:
                self._changed.wait_for(lambda: self._jobs or self._closed or self._failure)
                if self._failure:
                    raise self._failure
                self._wait_for_company(key, window_seconds)
                self._forget_settled()
                if self._jobs:
                    running = key(self._jobs[0].drawing)
                    return self._pick(key, running, self._max_batch, math.inf)
                if self._closed:
                    return []

    def join(self, key: Key, running: Hashable, room: int) -> list[Job]:
        """Take at once what may join a running batch with room for so many images."""
        with self._changed:
            if self._failure:
                raise self._failure
            if room < 1 or not self._jobs:
                return []
            self._forget_settled()
            return self._pick(key, running, room, self._max_overtaking_seconds)

    def close(self) -> list[Job]:
        """Accept nothing more; `take` still hands out what waits. Returns what is not answered."""
        with self._changed:
            self._closed = True
            self._changed.notify()
            self._forget_settled()
            return [*self._jobs, *self._taken]

    def interrupt(self, failure: Exception) -> None:
        """Have the device thread's next or present call raise."""
        with self._changed:
            self._failure = failure
            self._changed.notify()

    def keep_pace(self, images: int, seconds: float) -> None:
        """Learn how long so many images took, to tell when a place becomes free."""
        measured = seconds / images
        with self._changed:
            old = self._seconds_per_image or measured
            self._seconds_per_image = PACE_MEMORY * old + (1 - PACE_MEMORY) * measured

    def _patience(self) -> int:
        images = sum(len(job.drawing.seeds) for job in self._jobs)
        seconds = math.ceil(images * self._seconds_per_image)
        return min(max(seconds, 1), LONGEST_RETRY_SECONDS)

    def _wait_for_company(self, key: Key, window_seconds: float) -> None:
        while window_seconds and self._jobs and not self._closed:
            oldest = self._jobs[0]
            running = key(oldest.drawing)
            images = sum(
                len(job.drawing.seeds) for job in self._jobs if key(job.drawing) == running
            )
            left = oldest.arrived + window_seconds - self._clock()
            if images >= self._max_batch or left <= 0:
                return
            self._changed.wait(left)

    def _pick(self, key: Key, running: Hashable, room: int, patience: float) -> list[Job]:
        """Those that fit, but none from behind one that has waited for longer than `patience`."""
        batch: list[Job] = []
        others: deque[Job] = deque()
        now = self._clock()
        may_overtake = True
        for job in self._jobs:
            images = len(job.drawing.seeds)
            if may_overtake and images <= room and key(job.drawing) == running:
                batch.append(job)
                room -= images
            else:
                others.append(job)
                may_overtake = may_overtake and now - job.arrived < patience
        if batch:
            self._jobs = others
            self._taken.update(batch)
            WAITING.set(len(others))
            for ahead, job in enumerate(others):
                job.tell("waiting", ahead=ahead)
        return batch

    def _forget_settled(self) -> None:
        self._jobs = deque(job for job in self._jobs if not job.result.done())
        self._taken = {job for job in self._taken if not job.result.done()}
