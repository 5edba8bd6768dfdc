from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from model.serving.drawing import Drawing
from model.serving.engine import Engine
from model.serving.painter import Painter
from model.serving.queue import Job, JobQueue
from model.serving.settings import read_settings

MANY = 1000


def drawing(prompt: str = "a cat", **changes: Any) -> Drawing:
    usual = Drawing(prompt, None, (1,), 32, 32, steps=4, guidance_scale=5.0)
    return replace(usual, **changes)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class SteppedEngine:
    """An engine in this process, driven turn by turn, with a clock that stands still."""

    def __init__(self, weights: Path, **changes: Any) -> None:
        env = {"MODEL_DIR": str(weights), "MODEL_THREADS": "1", "MODEL_RUNTIME": "torch"}
        self.settings = replace(read_settings(env), **changes)
        self.painter = Painter(self.settings)
        self.pipeline = self.painter.pipeline
        self.clock = Clock()
        self.queue = JobQueue(
            size=MANY,
            max_batch=self.settings.max_batch,
            max_overtaking_seconds=self.settings.max_overtaking_ms / 1000,
            clock=self.clock,
        )
        self.engine = Engine(self.painter, self.queue, self.settings, self.clock)

    def use_scheduler(self, kind: Any, **config: Any) -> None:
        self.pipeline.scheduler = kind.from_config(self.pipeline.scheduler.config, **config)
        self.engine = Engine(self.painter, self.queue, self.settings, self.clock)

    def put(self, wanted: Drawing) -> Job:
        job = Job(wanted)
        self.queue.put(job)
        return job

    def turn(self, times: int = 1) -> None:
        for _ in range(times):
            assert self.engine.turn()

    def finish(self, *jobs: Job) -> list[list[Image.Image]]:
        """Take turns until the jobs are drawn, which they must be before long."""
        for _ in range(MANY):
            if all(job.result.done() for job in jobs):
                return [pictures(job) for job in jobs]
            self.turn()
        raise AssertionError("some job is never drawn")

    def plain(self, wanted: Drawing) -> list[Image.Image]:
        """What the pipeline's own call draws, each image by itself."""
        return [
            picture
            for seed in wanted.seeds
            for picture in self.painter.paint([(wanted, seed)], lambda: None)
            if picture
        ]


def pictures(job: Job) -> list[Image.Image]:
    return [picture for picture in job.result.result(0) if picture]
