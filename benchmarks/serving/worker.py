"""One contender in a process of its own, which does what it is told, line by line.

    python -m benchmarks.serving.worker NAME SETUP PICTURES

SETUP is JSON; pictures are written to the folder PICTURES, to be compared. Its first line of
output comes after the first picture; each further line answers one line of input.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from PIL.Image import Image

from benchmarks.model_cpu.memory import peak_megabytes
from benchmarks.serving import arrivals, contenders
from benchmarks.serving.orders import Order, batch, read_model

Told = dict[str, Any]
MEBIBYTE = 2**20


class Worker:
    def __init__(self, contender: contenders.Contender, pictures: Path, *, cuda: bool) -> None:
        self._contender = contender
        self._cuda = cuda
        self._pictures = pictures

    def draw(self, orders: list[Told], save: str) -> Told:
        """Seconds of one batch, until its pictures are in the main memory."""
        asked = [Order(**order) for order in orders]
        began, computed = time.perf_counter(), time.process_time()
        try:
            drawn = self._contender.draw(asked)
        except Exception as error:
            if not contenders.out_of_memory(error):
                raise
            return {"failed": "out of memory"}
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - computed
        for order, picture in zip(asked, drawn, strict=True):
            self._save(save, order, picture)
        return {"seconds": seconds, "cpu_seconds": cpu_seconds}

    def load(self, orders: list[Told], schedule: list[Told], save: str) -> Told:
        """Latencies until a picture is a PNG, which all contenders have made alike."""
        asked = [Order(**order) for order in orders]

        def finish(kind: int, picture: Image) -> None:
            picture.save(io.BytesIO(), "PNG")
            kept[kind] = picture

        kept: dict[int, Image] = {}
        answers = arrivals.offer(
            [arrivals.Arrival(**arrival) for arrival in schedule],
            lambda kind: self._contender.submit(asked[kind]),
            finish,
        )
        for kind, picture in kept.items():
            self._save(save, asked[kind], picture)
        return asdict(answers)

    def settle(self, seconds: float) -> Told:
        return {"settled": self._contender.settle(seconds)}

    def profile(self, orders: list[Told]) -> Told:
        from benchmarks.serving.profiling import record

        asked = [Order(**order) for order in orders]
        self._contender.draw(asked)
        return record(lambda: self._contender.draw(asked), cuda=self._cuda)

    def memory(self) -> Told:
        """The most that was held since the last time it was asked; since the start on a CPU."""
        if not self._cuda:
            return {"megabytes": peak_megabytes("self")}
        most = torch.cuda.max_memory_allocated() / MEBIBYTE
        torch.cuda.empty_cache()  # the others' turn
        torch.cuda.reset_peak_memory_stats()
        return {"megabytes": most}

    def _save(self, folder: str, order: Order, picture: Image) -> None:
        if folder:
            (self._pictures / folder).mkdir(parents=True, exist_ok=True)
            picture.convert("RGB").save(self._pictures / folder / f"{order.name}.png")


def main(name: str, setup: str, pictures: str) -> None:
    tell = _answers()
    chosen = contenders.Setup(**json.loads(setup))
    contender = contenders.build(name, chosen)
    worker = Worker(contender, Path(pictures), cuda=chosen.device.startswith("cuda"))
    model = read_model(Path(chosen.folder))
    worker.draw([order.fields for order in batch(model, 1, model.steps)], "")
    tell({})
    for line in sys.stdin:
        told = json.loads(line)
        tell(getattr(worker, told.pop("do"))(**told))


def _answers() -> Callable[[Told], None]:
    """Keep the output for answers: whatever else is printed goes with the errors."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return lambda told: print(json.dumps(told), file=answers)


if __name__ == "__main__":
    main(*sys.argv[1:])
    os._exit(0)  # the server's threads would hold up the end
