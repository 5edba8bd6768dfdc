"""How long people wait after a start: with nothing kept, and with what the start before left."""

from __future__ import annotations

import shutil

from benchmarks.serving.bench import Bench, Rows
from benchmarks.serving.processes import Process


def measure(bench: Bench) -> Rows:
    for contender in bench.contenders:
        shutil.rmtree(bench.setup(contender).cache, ignore_errors=True)
    for cache in ("empty", "kept"):
        for contender in bench.contenders:
            print(f"  {contender} starts, its cache {cache} ...", flush=True)
            process = Process(contender, bench.setup(contender), bench.pictures, bench.deadline)
            try:
                yield {
                    "contender": contender,
                    "cache": cache,
                    "first_picture": process.first_picture(),
                    "fast": process.settled(),
                    **process.ask("memory"),
                }
            finally:
                process.kill()
