"""How long people wait after a start: with nothing kept, and with what the start before left."""

from __future__ import annotations

import shutil

from benchmarks.serving.bench import Bench, Row, Rows
from benchmarks.serving.processes import Process, TooSlowError


def measure(bench: Bench) -> Rows:
    for contender in bench.contenders:
        shutil.rmtree(bench.setup(contender).cache, ignore_errors=True)
    for cache in ("empty", "kept"):
        for contender in bench.contenders:
            print(f"  {contender} starts, its cache {cache} ...", flush=True)
            process = bench.start(contender)
            try:
                yield {"contender": contender, "cache": cache} | _measure(process)
            finally:
                process.kill()


def _measure(process: Process) -> Row:
    found: Row = {}
    try:
        found["first_picture"] = process.first_picture()
        found["fast"], found["settled"] = process.settle()
        return found | process.ask("memory")
    except TooSlowError as error:
        return found | {"failed": str(error)}
