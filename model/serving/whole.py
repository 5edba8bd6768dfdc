import logging
import time
from collections.abc import Sequence

from model.serving import metrics
from model.serving.drawing import Drawing
from model.serving.faults import answer_to, free_memory, lost_device, ran_out_of_memory
from model.serving.painter import Painter, Picture, Slot
from model.serving.queue import Job, JobQueue
from model.serving.settings import Settings

log = logging.getLogger("model.device")


class _Unwanted(Exception):
    """Raised between two steps when nobody waits for the batch any more."""


class WholePipeline:
    """Draws by a pipeline's own call: for pipelines whose steps the engine does not know."""

    def __init__(self, painter: Painter, queue: JobQueue, settings: Settings) -> None:
        self._painter = painter
        self._queue = queue
        self._window_seconds = settings.batch_window_ms / 1000
        self._current: list[Job] = []

    def turn(self) -> bool:
        """Draw one batch. False when there will be nothing more."""
        self._current = self._queue.take(_call_key, self._window_seconds)
        if self._current:
            self._draw(self._current)
        return bool(self._current)

    def draw(self, *drawings: Drawing) -> list[list[Picture]]:
        """Draw without the queue, all in one call; they must have one call key."""
        slots = [(drawing, seed) for drawing in drawings for seed in drawing.seeds]
        pictures = iter(self._painter.paint(slots, lambda: None))
        return [[next(pictures) for _ in drawing.seeds] for drawing in drawings]

    def close(self) -> None:
        """Nothing goes on beside the calls."""

    def _draw(self, jobs: list[Job]) -> None:
        slots = [(job.drawing, seed) for job in jobs for seed in job.drawing.seeds]
        began = time.monotonic()
        metrics.STEP_IMAGES.observe(len(slots))
        metrics.ACTIVE.set(len(slots))
        with metrics.STEP_SECONDS.time():
            try:
                pictures = iter(self._paint(slots, may_retry=True))
            except _Unwanted:
                log.info("abandoned", extra={"images": len(slots)})
                return
            except Exception as error:
                self._fail(jobs, error)
                return
            finally:
                metrics.ACTIVE.set(0)
        metrics.IMAGES.inc(len(slots))
        self._queue.keep_pace(len(slots), time.monotonic() - began)
        for job in jobs:
            job.deliver([next(pictures) for _ in job.drawing.seeds])

    def _paint(self, slots: Sequence[Slot], *, may_retry: bool) -> list[Picture]:
        steps = 0

        def after_step() -> None:
            nonlocal steps
            steps += 1
            self._after_step(slots, steps)

        try:
            return self._painter.paint(slots, after_step)
        except Exception as error:
            if not (may_retry and ran_out_of_memory(error)):
                raise
        # Out of the handler, because the traceback keeps the failed batch's tensors alive.
        metrics.HALVED.inc()
        free_memory()
        half = (len(slots) + 1) // 2
        log.warning("out_of_memory", extra={"images": len(slots), "retry_with": half})
        parts = [part for part in (slots[:half], slots[half:]) if part]
        return [picture for part in parts for picture in self._paint(part, may_retry=False)]

    def _after_step(self, slots: Sequence[Slot], step: int) -> None:
        metrics.STEPS.inc(len(slots))
        if all(job.result.done() for job in self._current):
            raise _Unwanted
        for job in self._current:
            job.tell("progress", step=step, steps=job.drawing.steps)

    def _fail(self, jobs: list[Job], error: Exception) -> None:
        if lost_device(error):
            raise error  # the device's thread answers everybody, after it is seen to be not ready
        answer = answer_to(error)
        for job in jobs:
            job.deliver(answer)


def _call_key(drawing: Drawing) -> tuple[object, ...]:
    return drawing.call_key
