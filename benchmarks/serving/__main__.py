from __future__ import annotations

import os
import sys

import torch

from benchmarks.serving import batches, load, options, profiling, report, results, starts
from benchmarks.serving.bench import prepare
from benchmarks.serving.processes import Deadline, OutOfTime

PARTS = {
    "starts": starts.measure,
    "batches": batches.measure,
    "load": load.measure,
    "profile": profiling.measure,
}


def main(arguments: list[str]) -> None:
    chosen = options.read(
        arguments, cuda=torch.cuda.is_available(), cores=len(os.sched_getaffinity(0))
    )
    if chosen.report is None:
        _measure(chosen)
    report.write([options.RESULTS, chosen.out, *(chosen.report or [])])


def _measure(chosen: options.Options) -> None:
    deadline, described = Deadline(chosen.seconds), results.describe()
    for name in chosen.only:
        for part in chosen.parts:
            print(f"{name}, {part} ...", flush=True)
            found = None
            try:
                bench = prepare(name, chosen, deadline)
                found = results.begin(bench, part, described)
                for row in PARTS[part](bench):
                    found.add(row)
                found.content["complete"] = True
                found.write()
            except OutOfTime:
                print(f"  stopped: {chosen.seconds:.0f} s are over", flush=True)
                return


if __name__ == "__main__":
    main(sys.argv[1:])
