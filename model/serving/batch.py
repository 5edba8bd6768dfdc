from collections.abc import Callable
from functools import partial
from typing import Any

from model.serving.denoising import Member, Plan
from model.serving.faults import lost_device
from model.serving.halving import Halving, Range
from model.serving.queue import Job
from model.serving.rows import Cohort
from model.serving.streams import Streams

Failure = tuple[set[Job], Exception]


class Batch:
    """The rows that are drawn together. They all have one size, and each job's are in one cohort.

    What fails takes only the jobs along that it belongs to; `step` raises when the device is lost.
    """

    def __init__(self, pipeline: Any, streams: Streams, halving: Halving) -> None:
        self._pipeline = pipeline
        self._streams = streams
        self._halving = halving
        self._cohorts: list[Cohort] = []
        self._plans: dict[Range, Plan] = {}

    @property
    def members(self) -> list[Member]:
        return [(row, cohort) for cohort in self._cohorts for row in cohort.rows]

    @property
    def jobs(self) -> set[Job]:
        return {row.job for row, _ in self.members}

    @property
    def size(self) -> tuple[int, int] | None:
        return self._cohorts[0].rows[0].job.drawing.size if self._cohorts else None

    def add(self, cohort: Cohort) -> None:
        self._cohorts.append(cohort)
        self._plans.clear()

    def remove(self, jobs: set[Job]) -> None:
        for cohort in self._cohorts:
            places = [at for at, row in enumerate(cohort.rows) if row.job not in jobs]
            if 0 < len(places) < len(cohort.rows):
                cohort.keep(places)
            elif not places:
                cohort.rows = []
        self._cohorts = [cohort for cohort in self._cohorts if cohort.rows]
        self._plans.clear()

    def step(self) -> list[Failure]:
        """Take all rows one step further, but for those that fail, which are removed."""
        failures: list[Failure] = []
        inputs = [
            each for cohort in self._cohorts for each in _try(cohort, cohort.inputs, failures)
        ]
        self._remove_failed(failures)
        if not inputs:
            return failures
        noise = self._predict(_joined(inputs), failures)
        first = 0
        for cohort in self._cohorts:
            last = first + len(cohort.rows)
            part = noise if len(self._cohorts) == 1 else noise[first:last]
            _try(cohort, partial(cohort.advance, part), failures)
            first = last
        self._remove_failed(failures)
        return failures

    def take_finished(self) -> list[Cohort]:
        finished = [cohort for cohort in self._cohorts if cohort.finished]
        if finished:
            self._cohorts = [cohort for cohort in self._cohorts if not cohort.finished]
            self._plans.clear()
        return finished

    def _predict(self, inputs: Any, failures: list[Failure]) -> Any:
        members = self.members
        outcomes = self._halving.run(
            self.size, len(members), lambda rows: self._predict_part(members, inputs, rows)
        )
        failed = [
            ({row.job for row, _ in members[first:last]}, answer)
            for (first, last), answer in outcomes
            if isinstance(answer, Exception)
        ]
        noise = [answer for _, answer in outcomes if not isinstance(answer, Exception)]
        if not failed:
            return _joined(noise)
        failures += failed
        jobs = set().union(*(each for each, _ in failed))
        answered = [
            row.job
            for (first, last), answer in outcomes
            if not isinstance(answer, Exception)
            for row, _ in members[first:last]
        ]
        self.remove(jobs)
        places = [place for place, job in enumerate(answered) if job not in jobs]
        return _joined(noise)[places] if places else None

    def _predict_part(self, members: list[Member], inputs: Any, rows: Range) -> Any:
        first, last = rows
        plan = self._plans.get(rows)
        if plan is None or plan.spent:
            plan = Plan(self._pipeline, self._streams, members[first:last])
            self._plans[rows] = plan
        return plan.predict(self._pipeline.unet, inputs[first:last])

    def _remove_failed(self, failures: list[Failure]) -> None:
        if failures:
            self.remove(set().union(*(jobs for jobs, _ in failures)))


def _try(cohort: Cohort, work: Callable[[], Any], failures: list[Failure]) -> list[Any]:
    """What its scheduler answers, in a list that is empty when it fails."""
    try:
        return [work()]
    except Exception as error:
        if lost_device(error):
            raise
        failures.append(({row.job for row in cohort.rows}, error))
    return []


def _joined(tensors: list[Any]) -> Any:
    import torch

    return tensors[0] if len(tensors) == 1 else torch.cat(tensors)
