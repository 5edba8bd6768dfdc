from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from model.serving.drawing import Drawing
from model.serving.engine import Engine
from model.serving.painter import Painter
from model.serving.queue import Job, JobQueue
from model.serving.settings import read_settings
from tests.model.running_server import PATIENCE_SECONDS, largest_difference

MANY = 1000
TOLERANCE = 1


def drawing(prompt: str = "a cat", **changes: Any) -> Drawing:
    usual = Drawing(prompt, None, (1,), 32, 32, steps=4, guidance_scale=5.0)
    return replace(usual, **changes)


def load(weights: Path, device: str = "cpu") -> Painter:
    env = {"MODEL_DIR": str(weights), "MODEL_THREADS": "1", "MODEL_RUNTIME": "torch"}
    return Painter(read_settings(env | {"MODEL_DEVICE": device, "MODEL_DTYPE": "float32"}))


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class SteppedEngine:
    """An engine in this process, driven turn by turn, with a clock that stands still."""

    def __init__(self, painter: Painter, **changes: Any) -> None:
        self.settings = replace(painter.settings, **changes)
        self.painter = painter
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

    @property
    def idle(self) -> bool:
        return not self.engine._batch.size and not self.queue._jobs

    def put(self, wanted: Drawing) -> Job:
        job = Job(wanted)
        self.queue.put(job)
        return job

    def turn(self, times: int = 1) -> None:
        for _ in range(times):
            assert not self.idle, "it would wait for ever"
            assert self.engine.turn()

    def finish(self, *jobs: Job) -> list[list[Image.Image]]:
        """Take turns until the jobs are drawn, which they must be before long."""
        for _ in range(MANY):
            if all(job.result.done() for job in jobs) or self.idle:
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
    return [picture for picture in job.result.result(PATIENCE_SECONDS) if picture]


class Calls:
    """Counts the samples of each call of a network, and lets some calls fail."""

    def __init__(self, network: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.samples: list[int] = []
        self.times: list[list[float]] = []
        self.fails: Callable[[Any], Exception | None] = lambda inputs: None
        self._forward = network.forward
        monkeypatch.setattr(network, "forward", self)

    def __call__(self, inputs: Any, *others: Any, **named: Any) -> Any:
        self.samples.append(len(inputs))
        if others:
            self.times.append(others[0].tolist())
        if error := self.fails(inputs):
            raise error
        return self._forward(inputs, *others, **named)


def assert_as_if_alone(stepped: SteppedEngine, *jobs: Job) -> None:
    for job in jobs:
        for one, other in zip(pictures(job), stepped.plain(job.drawing), strict=True):
            assert largest_difference(one, other) <= TOLERANCE
