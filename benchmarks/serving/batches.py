"""How fast pictures are drawn alone and together, with nobody waiting."""

from __future__ import annotations

from typing import Any

from benchmarks.serving.bench import COMPARED, Bench, Row, Rows
from benchmarks.serving.figures import spread
from benchmarks.serving.orders import Order, batch
from benchmarks.serving.processes import Process, TooSlowError
from benchmarks.serving.quality import compare

ALONE = "alone"
TERA = 1e12
PREPARING = 2  # turns in which what is new is compiled, or laid out in memory


def measure(bench: Bench) -> Rows:
    compared = batch(bench.model, min(COMPARED, max(bench.options.batches)), bench.steps)
    bench.draw_references(compared, ALONE)
    with bench.running(bench.contenders) as contenders:
        for order in compared:
            contenders[0].ask("draw", orders=[order.fields], save=ALONE)
        going = contenders
        for number in bench.options.batches:
            print(f"  batches of {number} ...", flush=True)
            turns = [_Turns(bench, contender, number) for contender in going]
            for number_of_turn in range(PREPARING + bench.options.rounds):
                for turn in turns:
                    turn.take(counts=number_of_turn >= PREPARING)
            yield from (turn.row() for turn in turns)
            going = [turn.contender for turn in turns if not turn.failed]


class _Turns:
    """One contender's drawings of one number of pictures."""

    def __init__(self, bench: Bench, contender: Process, number: int) -> None:
        self.contender = contender
        self.failed = contender.failed
        self._bench = bench
        self._number = number
        self._whole = batch(bench.model, number, bench.steps)
        self._short = batch(bench.model, number, bench.short)
        self._prepared = 0.0
        self._seconds: list[float] = []
        self._cpu_seconds: list[float] = []
        self._step_seconds: list[float] = []

    def take(self, *, counts: bool) -> None:
        """Draw with few steps and with all; the difference is steps and nothing else."""
        if self.failed:
            return
        few = self._draw(self._short, "")
        whole = self._draw(self._whole, f"batch-{self._number}")
        if self.failed:
            return
        if not counts:
            self._prepared += few["seconds"] + whole["seconds"]
            return
        self._seconds.append(whole["seconds"])
        self._cpu_seconds.append(whole["cpu_seconds"])
        steps_took = whole["seconds"] - few["seconds"]
        self._step_seconds.append(steps_took / (self._bench.steps - self._bench.short))

    def _draw(self, orders: list[Order], save: str) -> Row:
        if self.failed:
            return {}
        try:
            answer = self.contender.ask(
                "draw", orders=[order.fields for order in orders], save=save
            )
        except TooSlowError as error:
            answer = {"failed": str(error)}
        self.failed = answer.get("failed", "")
        return answer

    def row(self) -> Row:
        known: Row = {"contender": self.contender.name, "batch": self._number}
        if self.failed:
            return known | {"failed": self.failed}
        flops, guided = self._bench.flops, self._bench.guided
        picture = self._number * sum(flops.picture(self._bench.steps, guided=guided).values())
        step = self._number * flops.step(guided=guided)
        return known | {
            "steps": self._bench.steps,
            "prepare": self._prepared,
            "seconds": spread(self._seconds),
            "cpu_seconds": spread(self._cpu_seconds),
            "steps_per_second": spread([1 / seconds for seconds in self._step_seconds]),
            "images_per_second": spread([self._number / seconds for seconds in self._seconds]),
            "tflops": spread([picture / seconds / TERA for seconds in self._seconds]),
            "step_tflops": spread([step / seconds / TERA for seconds in self._step_seconds]),
            "difference": self._difference(),
            **self.contender.ask("memory"),
        }

    def _difference(self) -> dict[str, Any]:
        folder = self.contender.pictures / f"batch-{self._number}"
        return compare(folder, self._bench.truths(ALONE), self._whole)
