"""The picture server without HTTP: the only file here that knows its parts."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

from PIL.Image import Image

from benchmarks.serving import flops
from benchmarks.serving.contenders import Setup
from benchmarks.serving.orders import Order
from model.serving import artefacts, buckets
from model.serving.device import Device
from model.serving.drawing import Drawing
from model.serving.queue import Job, JobQueue
from model.serving.settings import Settings, read_settings

PATIENCE_SECONDS = 600
PREPARING = {"runtime", "compiled"}  # threads that end when nothing more will be faster


class Ours:
    def __init__(self, setup: Setup) -> None:
        environment = {
            "MODEL_DIR": setup.folder,
            "MODEL_DEVICE": setup.device,
            "MODEL_DTYPE": setup.dtype,
            "MODEL_RUNTIME": setup.runtime,
            "MODEL_THREADS": str(setup.threads),
            "MODEL_MAX_BATCH": str(setup.max_batch),
            "MODEL_QUEUE_SIZE": "100000",
            "MODEL_CACHE_DIR": setup.cache,
        }
        settings = read_settings(environment)
        # Of its own accord it compiles more shapes than a benchmark has the time for.
        # Only what is measured is compiled: each shape takes minutes of a GPU that is lent.
        buckets.denoiser_batches = lambda _max_batch: setup.rows  # type: ignore[assignment]  # for this process
        if setup.thorough:
            _compile(settings, environment, Path(setup.cache) / artefacts.FOLDER)
        self._queue = JobQueue(
            size=settings.queue_size,
            max_batch=settings.max_batch,
            max_overtaking_seconds=settings.max_overtaking_ms / 1000,
        )
        ended = threading.Event()
        self._device = Device(settings, self._queue, on_end=ended.set)
        self._device.start()
        while not self._device.ready.wait(0.01):
            assert not ended.is_set(), "the server's device failed: see its log line"

    def submit(self, order: Order) -> Future[Image]:
        job = Job(_drawing([order]))
        picture: Future[Image] = Future()

        def deliver(result: Future[list[Image | None]]) -> None:
            error = result.exception()
            if error:
                picture.set_exception(error)
            elif shown := result.result()[0]:
                picture.set_result(shown)

        job.result.add_done_callback(deliver)
        self._queue.put(job)
        return picture

    def draw(self, orders: Sequence[Order]) -> list[Image]:
        with self._queue._changed:  # so that they begin together, as in the others
            futures = [self.submit(order) for order in orders]
        return [future.result(PATIENCE_SECONDS) for future in futures]

    def settle(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while any(thread.name in PREPARING for thread in threading.enumerate()):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True


def _compile(settings: Settings, environment: dict[str, str], out: Path) -> None:
    """As an operator does before publishing, but into the cache, and only what is measured."""
    scale = flops.latent_scale(settings.model_dir)
    wanted = buckets.wanted(list(settings.sizes.values()), scale, settings.max_batch)
    out.mkdir(mode=0o700, exist_ok=True)
    subprocess.run(
        [
            *(sys.executable, "-m", "model.serving.compiling", "--thorough"),
            *("--model", str(settings.model_dir), "--out", str(out)),
            *("--only", ",".join(bucket.name for bucket in wanted)),
        ],
        env=os.environ | environment,
        check=True,
    )


def _drawing(orders: Sequence[Order]) -> Drawing:
    first = orders[0]
    seeds = tuple(order.seed for order in orders)
    return Drawing(
        first.prompt, None, seeds, first.width, first.height, first.steps, first.guidance
    )
