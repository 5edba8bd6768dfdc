import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from model.serving import metrics
from model.serving.drawing import Drawing
from model.serving.engine import Engine, can_draw
from model.serving.errors import RequestError, unavailable
from model.serving.logs import describe
from model.serving.painter import Painter, Picture
from model.serving.queue import JobQueue
from model.serving.settings import Settings
from model.serving.whole import WholePipeline

log = logging.getLogger("model.device")


class Drawer(Protocol):
    def turn(self) -> bool: ...
    def draw(self, *drawings: Drawing) -> list[list[Picture]]: ...
    def close(self) -> None: ...


class Device(threading.Thread):
    """The one thread that draws: loads, warms, then takes turns until the queue is closed.

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

    def run(self) -> None:
        loading = True
        try:
            drawer = self._load()
            loading = False
            while drawer.turn():
                pass
            drawer.close()
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
        for job in self._queue.close():
            job.deliver(reason)

    def _load(self) -> Drawer:
        began = time.monotonic()
        painter = Painter(self._settings)
        drawer = drawer_for(painter, self._queue, self._settings)
        warm(drawer, self._settings)
        self.ready.set()
        metrics.READY.set(1)
        painter.accelerate(self._settings)
        log.info("ready", extra={"seconds": round(time.monotonic() - began, 3)})
        return drawer


def drawer_for(painter: Painter, queue: JobQueue, settings: Settings) -> Drawer:
    kind = Engine if can_draw(painter.pipeline) else WholePipeline
    return kind(painter, queue, settings)


def warm(drawer: Drawer, settings: Settings) -> None:
    width, height = next(iter(settings.sizes.values()))
    steps = min(2, settings.default_steps)
    drawer.draw(Drawing("warm", None, (0,), width, height, steps, settings.default_guidance_scale))
