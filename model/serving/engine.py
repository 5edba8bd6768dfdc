import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from model.serving import metrics
from model.serving.batch import Batch
from model.serving.conditions import Conditions
from model.serving.decoding import Decoder
from model.serving.drawing import Drawing
from model.serving.faults import answer_to, free_memory, lost_device
from model.serving.halving import Halving
from model.serving.painter import Painter, Picture
from model.serving.queue import Job, JobQueue
from model.serving.rows import Cohort, Cohorts, Row
from model.serving.settings import Settings
from model.serving.streams import Streams

log = logging.getLogger("model.device")


class Engine:
    """Draws step by step: rows join the running batch at a step, and leave it when they are done.

    Rows of one size share a call of the UNet, whatever their steps, guidance and place in their
    schedule. Only one thread may use it.
    """

    def __init__(
        self,
        painter: Painter,
        queue: JobQueue,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._painter = painter
        self._pipeline = pipeline = painter.pipeline
        self._queue = queue
        self._settings = settings
        self._clock = clock
        self._streams = Streams(pipeline.device)
        self._conditions = Conditions(pipeline, self._streams)
        self._cohorts = Cohorts(pipeline, self._streams)
        self._decoder = Decoder(pipeline, self._streams, self._count_images, self._fail_beside)
        self._halving = Halving(clock)
        self._batch = Batch(pipeline, self._streams, self._halving)
        self._busy = 0.0
        self._counts = True

    def turn(self) -> bool:
        """Do one step, or wait for something to draw. False when there will be nothing more."""
        self._leave()
        size = self._batch.size
        if size:
            room = self._halving.limit(size, self._settings.max_batch) - len(self._batch.members)
            jobs = self._queue.join(_size, size, room)
            metrics.JOINS.inc(len(jobs))
        else:
            metrics.ACTIVE.set(0)
            jobs = self._queue.take(_size)
            if not jobs:
                return False
        began = self._clock()
        self._advance(jobs)
        self._busy += self._clock() - began
        return True

    def draw(self, *drawings: Drawing) -> list[list[Picture]]:
        """Draw without the queue and the metrics, all in one batch; they must have one size."""
        jobs = [Job(drawing) for drawing in drawings]
        self._counts = False
        try:
            self._advance(jobs)
            while self._batch.size:
                self._advance([])
            return [job.result.result() for job in jobs]
        finally:
            self._counts = True

    def close(self) -> None:
        """Wait until everything that was drawn is answered."""
        self._decoder.close()

    def _advance(self, newcomers: Sequence[Job]) -> None:
        import torch

        with torch.no_grad():
            self._painter.take_over()
            if newcomers:
                self._admit(newcomers)
            if self._batch.size:
                self._step()

    def _leave(self) -> None:
        """Give up the rows that nobody waits for any more."""
        gone = {job for job in self._batch.jobs if job.result.done()}
        if gone:
            log.info("abandoned", extra={"images": sum(len(job.drawing.seeds) for job in gone)})
            self._batch.remove(gone)

    def _admit(self, jobs: Sequence[Job]) -> None:
        try:
            self._conditions.prepare(text for job in jobs for text in _texts(job.drawing))
        except Exception as error:
            if lost_device(error):
                raise
            free_memory()  # each job's texts are tried once more below, by themselves
        together: dict[int, list[Row]] = defaultdict(list)
        for job in jobs:
            try:
                together[job.drawing.steps] += self._rows(job)
            except Exception as error:
                self._fail([job], error)
        for steps, rows in together.items():
            try:
                self._batch.add(self._cohorts.begin(rows, steps))
            except Exception as error:
                self._fail({row.job for row in rows}, error)

    def _rows(self, job: Job) -> list[Row]:
        drawing, scale = job.drawing, job.drawing.guidance_scale
        prompt, negative = map(self._conditions.of, _texts(drawing))
        if drawing.negative_prompt is None:
            negative = self._conditions.nothing(prompt) or negative
        # Distilled UNets are told how strong the guidance is, in place of being guided.
        width = self._pipeline.unet.config.time_cond_proj_dim
        share = self._settings.guidance_until if scale > 1 and width is None else 0.0
        strength = self._strength(scale, width) if width else None
        mates: list[Row] = []
        for seed in drawing.seeds:
            mates.append(Row(job, seed, prompt, negative, scale, share, strength, mates))
        return mates

    def _strength(self, scale: float, width: int) -> Any:
        import torch

        numbers = torch.tensor([scale - 1])
        return self._pipeline.get_guidance_scale_embedding(numbers, embedding_dim=width)

    def _step(self) -> None:
        began = self._clock()
        if self._counts:
            metrics.STEP_IMAGES.observe(len(self._batch.members))
            metrics.ACTIVE.set(len(self._batch.members))
        failures = self._batch.step()
        self._streams.keep_step()
        for jobs, error in failures:
            self._fail(jobs, error)
        members = self._batch.members
        if self._counts:
            metrics.STEPS.inc(len(members))
            metrics.STEP_SECONDS.observe(self._clock() - began)
        for job, cohort in {row.job: cohort for row, cohort in members}.items():
            job.tell("progress", step=cohort.index, steps=cohort.steps)
        if finished := self._batch.take_finished():
            self._develop(finished)

    def _count_images(self, images: int) -> None:
        if self._counts:
            metrics.IMAGES.inc(images)

    def _develop(self, cohorts: list[Cohort]) -> None:
        import torch

        rows = [row for cohort in cohorts for row in cohort.rows]
        latents = torch.cat([cohort.latents for cohort in cohorts])
        kind = "decoding", rows[0].job.drawing.size
        outcomes = self._halving.run(
            kind,
            len(rows),
            lambda part: self._decoder.decode(rows[slice(*part)], latents[slice(*part)]),
        )
        for part, outcome in outcomes:
            if isinstance(outcome, Exception):
                self._fail({row.job for row in rows[slice(*part)]}, outcome)
        self._queue.keep_pace(len(rows), self._busy)
        self._busy = 0.0

    def _fail(self, jobs: Iterable[Job], error: Exception) -> None:
        if lost_device(error):
            raise error  # the device's thread answers everybody, after it is seen to be not ready
        answer = answer_to(error)
        for job in jobs:
            job.deliver(answer)

    def _fail_beside(self, rows: Sequence[Row], error: Exception) -> None:
        """In the decoder's thread, which cannot end the drawing thread by raising."""
        try:
            self._fail({row.job for row in rows}, error)
        except Exception as lost:
            self._queue.interrupt(lost)


def can_draw(pipeline: Any) -> bool:
    """Whether the pipeline is one whose steps the engine knows."""
    from diffusers import (
        StableDiffusionPipeline,
        StableDiffusionXLPipeline,
        UNet2DConditionModel,
    )

    if type(pipeline) not in (StableDiffusionPipeline, StableDiffusionXLPipeline):
        return False
    config = pipeline.unet.config
    return (
        isinstance(pipeline.unet, UNet2DConditionModel)
        and config.encoder_hid_dim_type is None
        and config.class_embed_type is None
        and config.addition_embed_type in (None, "text", "text_time")
    )


def _size(drawing: Drawing) -> tuple[int, int]:
    return drawing.size


def _texts(drawing: Drawing) -> tuple[str, str]:
    """Of which the second is only read where the drawing is guided."""
    return drawing.prompt, drawing.negative_prompt or ""
