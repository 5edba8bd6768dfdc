import logging
import threading
import time
from collections.abc import Callable, Sequence

from model.serving import metrics
from model.serving.errors import RequestError, unavailable
from model.serving.logs import describe
from model.serving.painter import Painter, Picture, Slot
from model.serving.queue import Job, JobQueue
from model.serving.settings import Settings

log = logging.getLogger("model.device")


class _Unwanted(Exception):
    """Raised between two steps when nobody waits for the batch any more."""


class Device(threading.Thread):
    """The one thread that touches the accelerator: loads, warms, then draws until closed.

    It ends when the queue is closed and empty, or when it cannot go on (`failed` is then true),
    and calls `on_end` as its last act.
    """

    def __init__(self, settings: Settings, queue: JobQueue, on_end: Callable[[], None]) -> None:
        super().__init__(name="device", daemon=True)
        self.ready = threading.Event()
        self.failed = False
        self._settings = settings
        self._queue = queue
        self._on_end = on_end
        self._current: list[Job] = []
        self._painter: Painter

    def run(self) -> None:
        loading = True
        try:
            self._load()
            loading = False
            while batch := self._queue.take():
                self._draw(batch)
        except Exception as error:
            self.failed = True
            detail = f"{type(error).__name__}: {error}" if loading else describe(error)
            log.critical("loading_failed" if loading else "device_failed", extra={"error": detail})
        finally:
            self.ready.clear()
            metrics.READY.set(0)
            self.abandon(unavailable("device_failed", "The device failed; the server restarts."))
            self._on_end()

    def abandon(self, reason: RequestError) -> None:
        """Answer everything waiting or being drawn with `reason`; the drawing ends soon after."""
        for job in [*self._queue.close(), *self._current]:
            job.deliver(reason)

    def _load(self) -> None:
        began = time.monotonic()
        self._painter = Painter(self._settings)
        self._painter.warm(self._settings)
        self.ready.set()
        metrics.READY.set(1)
        self._painter.accelerate(self._settings)
        log.info("ready", extra={"seconds": round(time.monotonic() - began, 3)})

    def _draw(self, jobs: list[Job]) -> None:
        self._current = jobs
        slots = [(job.drawing, seed) for job in jobs for seed in job.drawing.seeds]
        metrics.BATCH_IMAGES.observe(len(slots))
        with metrics.BATCH_SECONDS.time():
            try:
                pictures = iter(self._paint(slots, may_retry=True))
            except _Unwanted:
                log.info("abandoned", extra={"images": len(slots)})
                return
            except Exception as error:
                self._fail(jobs, error)
                return
        metrics.IMAGES.inc(len(slots))
        for job in jobs:
            job.deliver([next(pictures) for _ in job.drawing.seeds])

    def _paint(self, slots: Sequence[Slot], *, may_retry: bool) -> list[Picture]:
        try:
            return self._painter.paint(slots, lambda: self._after_step(len(slots)))
        except Exception as error:
            if not (may_retry and self._painter.ran_out_of_memory(error)):
                raise
        # Out of the handler, because the traceback keeps the failed batch's tensors alive.
        metrics.HALVED.inc()
        self._painter.free_memory()
        half = (len(slots) + 1) // 2
        log.warning("out_of_memory", extra={"images": len(slots), "retry_with": half})
        parts = [part for part in (slots[:half], slots[half:]) if part]
        return [picture for part in parts for picture in self._paint(part, may_retry=False)]

    def _after_step(self, images: int) -> None:
        metrics.STEPS.inc(images)
        if all(job.result.done() for job in self._current):
            raise _Unwanted

    def _fail(self, jobs: list[Job], error: Exception) -> None:
        lost = self._painter.lost_device(error)
        if isinstance(error, RequestError):
            answer = error
        elif lost:
            self.ready.clear()
            answer = unavailable("device_failed", "The device failed; the server restarts.")
        elif self._painter.ran_out_of_memory(error):
            answer = unavailable("out_of_memory", "The device has too little memory for this.")
        else:
            answer = RequestError(500, "drawing_failed", "The picture could not be drawn.")
            log.error("drawing_failed", extra={"error": describe(error)})
        for job in jobs:
            job.deliver(answer)
        if lost:
            raise error
