"""The real server process, measured from outside by HTTP."""

from __future__ import annotations

import statistics
import time
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.model_cpu.contender import PROMPTS
from benchmarks.model_cpu.memory import peak_megabytes
from model.serving.drawing import JSON
from model.serving.settings import BUNDLED_WEIGHTS, Settings
from tests.model.running_server import RunningServer, until


@dataclass(frozen=True)
class Served:
    """Seconds and MiB: starts are all that were measured, drawings are medians."""

    starts: list[float]
    fast_starts: list[float]
    first: float
    drawings: dict[str, float]
    slowest: float
    megabytes: float


def measure(settings: Settings, folder: Path, *, threads: int, starts: int, rounds: int) -> Served:
    seconds: list[float] = []
    fast_seconds: list[float] = []
    for number in range(starts):
        print(f"start {number + 1} of the server ...", flush=True)
        began = time.perf_counter()
        (folder / str(number)).mkdir()
        with closing(_server(folder / str(number), threads)) as server:
            server.wait_until_ready()
            seconds.append(time.perf_counter() - began)
            first = _time(server, seed=0, prompt=PROMPTS[0])
            until(partial(_draws_fast, server))
            fast_seconds.append(time.perf_counter() - began)
            if number == starts - 1:
                return _draw(server, settings, (seconds, fast_seconds, first), rounds)
    raise AssertionError("at least one start")


def _draws_fast(server: RunningServer) -> bool:
    return "runtime_ready" in server.log()


def _server(folder: Path, threads: int) -> RunningServer:
    return RunningServer(
        BUNDLED_WEIGHTS,
        folder,
        MODEL_THREADS=str(threads),
        MODEL_RUNTIME="auto",
        MODEL_CACHE_DIR=str(folder.parent / "graphs"),
    )


def _draw(
    server: RunningServer,
    settings: Settings,
    starts: tuple[list[float], list[float], float],
    rounds: int,
) -> Served:
    print("pictures of the server ...", flush=True)
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for aspect in settings.sizes:
            times.setdefault(f"one of {aspect}", []).extend(
                _time(server, seed=seed, prompt=prompt, aspect=aspect)
                for seed, prompt in enumerate(PROMPTS)
            )
        variants = times.setdefault(f"{settings.max_batch} variants in one request", [])
        variants.append(
            _time(server, accept=JSON, prompt=PROMPTS[0], seed=0, num_images=settings.max_batch)
        )
        times.setdefault(f"{len(PROMPTS)} requests at once", []).append(_time_at_once(server))
    return Served(
        starts=starts[0],
        fast_starts=starts[1],
        first=starts[2],
        drawings={name: statistics.median(each) for name, each in times.items()},
        slowest=max(max(times[f"one of {aspect}"]) for aspect in settings.sizes),
        megabytes=peak_megabytes(server.process.pid),
    )


def _time(server: RunningServer, **request: Any) -> float:
    began = time.perf_counter()
    answer = server.invoke(**request)
    assert answer.status == 200, answer.body
    return time.perf_counter() - began


def _time_at_once(server: RunningServer) -> float:
    began = time.perf_counter()
    answers = [server.invoke_later(prompt=prompt, seed=7) for prompt in PROMPTS]
    assert [answer.result().status for answer in answers] == [200] * len(PROMPTS)
    return time.perf_counter() - began
