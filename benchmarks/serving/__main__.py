from __future__ import annotations

import os
import sys

import torch

from benchmarks.serving import batches, load, options, profiling, report, results, starts
from benchmarks.serving.bench import prepare
from benchmarks.serving.processes import Deadline, OutOfTimeError

PARTS = {
    "starts": starts.measure,
    "batches": batches.measure,
    "load": load.measure,
    "profile": profiling.measure,
}


def main(arguments: list[str]) -> None:
    chosen, only_report = options.read(
        arguments, cuda=torch.cuda.is_available(), cores=len(os.sched_getaffinity(0))
    )
    if only_report is None:
        try:
            _measure(chosen)
        except OutOfTimeError:
            print("  stopped: its seconds are over", flush=True)
    report.write([options.RESULTS, *(only_report or [each.out for each in chosen])])


def _measure(chosen: list[options.Options]) -> None:
    described = results.describe(chosen[0].device)
    deadline = Deadline(chosen[0].seconds)
    for each in chosen:
        for part in each.parts:
            print(f"{each.model}, {part} ...", flush=True)
            bench = prepare(each, deadline)
            found = results.begin(bench, part, described)
            for row in PARTS[part](bench):
                found.add(row)
            found.complete()


if __name__ == "__main__":
    main(sys.argv[1:])
