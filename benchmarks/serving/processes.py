"""The contenders' processes, as whoever takes the times sees them."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.serving.contenders import Setup

PART_TO_SETTLE = 0.9  # of the patience, so that there is an answer before it ends


class OutOfTimeError(Exception):
    """The run's time is over; what was measured before counts."""


class TooSlowError(Exception):
    """One contender's patience is over; the others go on."""


class Deadline:
    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise OutOfTimeError
        return left


@dataclass(frozen=True)
class Clock:
    deadline: Deadline
    patience: float

    def await_readable(self, file: Any) -> None:
        left = self.deadline.left()
        if select.select([file], [], [], min(left, self.patience))[0]:
            return
        if left < self.patience:
            raise OutOfTimeError
        raise TooSlowError(f"took more than {self.patience:.0f} s")


class Process:
    """A worker; `ask` answers when it has done what it was told."""

    def __init__(self, name: str, setup: Setup, pictures: Path, clock: Clock) -> None:
        self.name = name
        self.pictures = pictures / name
        self.failed = ""
        self._clock = clock
        self._began = time.perf_counter()
        cache = Path(setup.cache)
        cache.mkdir(parents=True, exist_ok=True)
        self._log = cache / "log.txt"
        with self._log.open("w") as errors:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "benchmarks.serving.worker", name),
                    *(json.dumps(asdict(setup)), str(self.pictures)),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=os.environ
                | {
                    "HF_HUB_OFFLINE": "1",
                    "OMP_NUM_THREADS": str(setup.threads),
                    "OMP_WAIT_POLICY": "PASSIVE",  # the others' turn
                    "TORCHINDUCTOR_CACHE_DIR": str(cache / "inductor"),
                    "TRITON_CACHE_DIR": str(cache / "triton"),
                },
            )

    def first_picture(self) -> float:
        """Seconds from the start of the process."""
        self._answer()
        return time.perf_counter() - self._began

    def settle(self) -> tuple[float, bool]:
        """Seconds from the start of the process until it is as fast as it will be, or given up."""
        answer = self.ask("settle", seconds=self._clock.patience * PART_TO_SETTLE)
        return time.perf_counter() - self._began, bool(answer["settled"])

    def ask(self, what: str, **told: Any) -> dict[str, Any]:
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"do": what} | told).encode() + b"\n")
        self._process.stdin.flush()
        return self._answer()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        try:
            self._clock.await_readable(self._process.stdout)
        except TooSlowError as error:
            self.failed = str(error)
            self.kill()
            raise
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended; the last of {self._log}:\n{self._last_lines()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _last_lines(self) -> str:
        return "\n".join(self._log.read_text("utf-8", "replace").splitlines()[-20:])


@contextmanager
def running(
    names: list[str], setups: dict[str, Setup], pictures: Path, clock: Clock
) -> Iterator[list[Process]]:
    """All of them, ready or failed, one started after the other; killed at the end."""
    processes: list[Process] = []
    try:
        for name in names:
            print(f"  {name} starts ...", flush=True)
            processes.append(Process(name, setups[name], pictures, clock))
            try:
                processes[-1].first_picture()
                processes[-1].settle()
            except TooSlowError as error:
                print(f"  {name} {error}", flush=True)
        yield processes
    finally:
        for process in processes:
            process.kill()
