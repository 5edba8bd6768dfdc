"""What the parts of a run share: one model on one machine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.serving import processes
from benchmarks.serving.contenders import Setup
from benchmarks.serving.flops import Flops, count
from benchmarks.serving.options import BUNDLED, Options
from benchmarks.serving.orders import Model, Order, read_model
from model.serving.settings import BUNDLED_WEIGHTS

Row = dict[str, Any]
Rows = Iterator[Row]
COMPARED = 4  # pictures of a batch
SHORT = 5  # times as many steps has a whole picture as the one that it is compared with


@dataclass(frozen=True)
class Bench:
    options: Options
    model: Model
    flops: Flops
    deadline: processes.Deadline
    work: Path

    @property
    def steps(self) -> int:
        return self.options.steps or self.model.steps

    @property
    def short(self) -> int:
        return max(1, self.steps // SHORT)

    @property
    def guided(self) -> bool:
        return self.model.guidance > 1

    @property
    def forwards(self) -> int:
        """Of the UNet, for a picture's step."""
        return 2 if self.guided else 1

    @property
    def contenders(self) -> list[str]:
        return ["plain", *self.options.contenders]

    @property
    def pictures(self) -> Path:
        return self.work / "pictures"

    def setup(self, contender: str) -> Setup:
        return Setup(
            folder=str(self.model.folder),
            device=self.options.device,
            dtype=self.options.dtype,
            threads=self.options.threads,
            max_batch=max(self.options.batches),
            recipe_mode=self.options.recipe_mode,
            runtime=self.options.runtime,
            thorough=self.options.thorough,
            rows=sorted({1, *(number * self.forwards for number in self.options.batches)}),
            cache=str(self.work / "caches" / contender),
        )

    @property
    def clock(self) -> processes.Clock:
        return processes.Clock(self.deadline, self.options.patience)

    def start(self, contender: str) -> processes.Process:
        return processes.Process(contender, self.setup(contender), self.pictures, self.clock)

    def running(self, names: list[str]) -> AbstractContextManager[list[processes.Process]]:
        setups = {name: self.setup(name) for name in names}
        return processes.running(names, setups, self.pictures, self.clock)

    def draw_references(self, orders: list[Order], save: str) -> None:
        """In float32 and alone, where that is not what the plain pipeline does anyway."""
        files = [self.pictures / "reference" / save / f"{order.name}.png" for order in orders]
        if self.options.dtype == "float32" or all(file.is_file() for file in files):
            return
        with self.running(["reference"]) as (reference,):
            for order in orders:
                reference.ask("draw", orders=[order.fields], save=save)

    def truths(self, save: str) -> dict[str, Path]:
        found = {"plain": self.pictures / "plain" / save}
        if self.options.dtype != "float32":
            found["float32"] = self.pictures / "reference" / save
        return found


def prepare(options: Options, deadline: processes.Deadline) -> Bench:
    """Have the weights made, unless they were before."""
    name = options.model
    work = options.work / f"{name}-{options.dtype}"
    folder = work / "weights"
    if name == BUNDLED:
        folder = BUNDLED_WEIGHTS
    else:
        print(f"  the weights of {name} ...", flush=True)
        subprocess.run(
            [
                *(sys.executable, "-m", "benchmarks.serving.weights"),
                *(name, str(folder), options.device, options.dtype, str(options.mix_sizes)),
            ],
            check=True,
        )
    assert options.steps != 1, "steps are timed as a difference: take two or more"
    model = read_model(folder)
    return Bench(options, model, count(folder, *model.sizes[0]), deadline, work)
