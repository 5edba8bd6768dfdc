from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch

from benchmarks.model_cpu import report, served, turns
from model.serving.settings import read_settings

STARTS = 3
ROUNDS = 5
SERVER_ROUNDS = 3


def main() -> None:
    assert (turns.RUNTIMES / "onnxruntime").is_dir(), "install the runtimes: make benchmark-model"
    began = time.perf_counter()
    threads, load = len(os.sched_getaffinity(0)), os.getloadavg()
    settings = read_settings({})
    sizes = list(settings.sizes.values())
    shapes = [(1, *size) for size in sizes] + [(settings.max_batch, *sizes[0])]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = served.measure(
            settings, folder, threads=threads, starts=STARTS, rounds=SERVER_ROUNDS
        )
        print("exporting ...", flush=True)
        exported = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "benchmarks.model_cpu.exporting", name],
            env=os.environ | turns.environment(threads),
            check=True,
        )
        export_seconds = time.perf_counter() - exported
        contenders = ["torch", "served", "onnxruntime", "openvino"]
        if _has_bfloat16():
            contenders += ["torch-bf16", "openvino-bf16"]
        measured = turns.measure(
            contenders, shapes, folder, threads=threads, starts=STARTS, rounds=ROUNDS
        )
        # Compiled for one shape only: each takes as long again. It needs a C++ compiler.
        compiled = ["torch-compiled"] if shutil.which(os.environ.get("CXX", "g++")) else []
        measured += turns.measure(
            compiled, shapes[:1], folder, threads=threads, starts=1, rounds=ROUNDS
        )
        differences = report.differences(measured, shapes, folder)
    minutes = (time.perf_counter() - began) / 60
    report.write(
        server,
        measured,
        report.Run(settings, shapes, threads, load, export_seconds, minutes, differences),
    )


def _has_bfloat16() -> bool:
    """Whether the processor computes in bfloat16; where it must emulate it, it is slower."""
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


if __name__ == "__main__":
    main()
