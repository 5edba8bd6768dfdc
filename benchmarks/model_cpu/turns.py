"""Contenders that take turns, so that a busy moment of the machine hits all alike."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

RUNTIMES = Path(__file__).parents[2] / ".build" / "model-runtimes"

Shape = tuple[int, int, int]  # number of pictures, width, height


@dataclass
class Measured:
    """All in seconds and MiB; a shape's times are those of one drawing of all its pictures."""

    name: str
    starts: list[float] = field(default_factory=list)
    cpu_starts: list[float] = field(default_factory=list)
    seconds: dict[Shape, list[float]] = field(default_factory=dict)
    cpu_seconds: dict[Shape, list[float]] = field(default_factory=dict)
    megabytes: float = 0

    def start(self) -> float:
        return statistics.median(self.starts)

    def cpu(self, shape: Shape) -> tuple[float, float]:
        """What a start and a drawing compute, which tells more on a busy machine."""
        return statistics.median(self.cpu_starts), statistics.median(self.cpu_seconds[shape])

    def drawing(self, shape: Shape) -> float | None:
        return statistics.median(self.seconds[shape]) if shape in self.seconds else None


class Contender:
    def __init__(self, measured: Measured, folder: Path, threads: int) -> None:
        """Start the process and wait until it has warmed; its compiler's cache begins empty."""
        self._measured = measured
        began = time.perf_counter()
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "benchmarks.model_cpu.contender"),
                *(measured.name, str(folder), str(threads)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | environment(threads) | {"TORCHINDUCTOR_CACHE_DIR": str(folder / "c")},
        )
        measured.cpu_starts.append(self._answer()["cpu_seconds"])
        measured.starts.append(time.perf_counter() - began)

    def draw(self, shape: Shape, *, counts: bool = True) -> None:
        answer = self._ask(json.dumps(shape))
        if counts:
            self._measured.seconds.setdefault(shape, []).append(answer["seconds"])
            self._measured.cpu_seconds.setdefault(shape, []).append(answer["cpu_seconds"])

    def end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._measured.megabytes = max(self._measured.megabytes, self._answer()["megabytes"])
        self._process.wait()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _ask(self, line: str) -> dict[str, float]:
        assert self._process.stdin
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, float]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, f"{self._measured.name} ended: run its module alone to see why"
        answer: dict[str, float] = json.loads(line)
        return answer


def environment(threads: int) -> dict[str, str]:
    """For everything that is measured: these threads, and the runtimes within reach."""
    return {"OMP_NUM_THREADS": str(threads), "PYTHONPATH": str(RUNTIMES)}


def measure(
    names: list[str], shapes: list[Shape], folder: Path, *, threads: int, starts: int, rounds: int
) -> list[Measured]:
    results = [Measured(name) for name in names]
    running: list[Contender] = []
    try:
        for number in range(starts):
            for measured in results:
                print(f"start {number + 1} of {measured.name} ...", flush=True)
                contender = Contender(measured, folder, threads)
                running.append(contender)
                if number < starts - 1:
                    running.pop().end()
        for shape in shapes:
            print(f"{shape[0]} of {shape[1]} x {shape[2]} ...", flush=True)
            for round_ in range(rounds + 1):  # the first prepares what a new shape needs
                for contender in running:
                    contender.draw(shape, counts=round_ > 0)
        for contender in running:
            contender.end()
    finally:
        for contender in running:
            contender.kill()
    return results
