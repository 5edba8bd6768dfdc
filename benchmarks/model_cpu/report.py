"""Writes ``benchmarks/results/model-cpu.md``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks import machine
from benchmarks.model_cpu.served import Served
from benchmarks.model_cpu.turns import RUNTIMES, Measured, Shape
from model.serving.settings import Settings

RESULTS = Path(__file__).parents[1] / "results" / "model-cpu.md"
BUSY = 0.5  # load for each core, above which something else is measured too
NAMES = {
    "torch": "PyTorch, eager",
    "served": "OpenVINO in the pipeline, as served",
    "torch-bf16": "PyTorch, bfloat16",
    "torch-compiled": "PyTorch, compiled",
    "onnxruntime": "ONNX Runtime",
    "openvino": "OpenVINO",
    "openvino-bf16": "OpenVINO, bfloat16",
}

_HEAD = """# The model server on the CPU

Measured on {today} by `make benchmark-model`, which took {minutes:.1f} minutes.

{machine}
- `{name}`, {steps} steps, guidance {guidance}; {threads} threads{busy}

## The server

`model/inference.py serve` as its own process, asked by HTTP; medians of the pictures, which are
OpenVINO's but for the first. The first start also exports the graphs, the others find them.

| | measured | goal |
|---|---|---|
| start until `/ping` is 200, s | {starts} | < 10 |
| start until OpenVINO draws, s | {fast_starts} | |
| first picture after the start, s | {first:.2f} | < 3 |
| slowest picture, s | {slowest:.2f} | < 3 |
| resident memory at its highest, MiB | {megabytes:.0f} | < 1536 |"""

_RUNTIMES = """
## Runtimes side by side

Each runtime in a process of its own; the processes take turns. PyTorch is diffusers' pipeline as
the server loads it, called plainly; what is served is the server's engine without HTTP, which keeps
the texts' embeddings from the first drawing on. ONNX Runtime and the other OpenVINO run the
exported networks under a loop in numpy, without PyTorch, diffusers, the choice among pipelines,
cancelling and HTTP: what they could reach, not what they would serve. Exporting took {export:.0f}
s. A start includes two steps to warm. Medians of the wall time, in brackets how many times as fast
as eager PyTorch.

| runtime | start, s | {shapes} | CPU, s | memory, MiB | difference |
|---|---|{lines}---|---|---|"""

_NOTES = """
CPU is the time of all threads, for a start and for a picture of the first shape; of a compiler,
only that of its own process. Memory is resident, at its highest. Difference is to PyTorch's
pictures from the same noise, of 255: the mean and the largest."""


@dataclass(frozen=True)
class Run:
    settings: Settings
    shapes: list[Shape]
    threads: int
    load: tuple[float, float, float]
    export_seconds: float
    minutes: float
    differences: dict[str, tuple[float, float]]


def write(server: Served, measured: list[Measured], run: Run) -> None:
    packages = ("torch", "diffusers", "transformers", "numpy")
    found = {each.name: each.version for each in distributions(path=[str(RUNTIMES)])}
    runtimes = ", ".join(f"{name} {found[name]}" for name in ("onnxruntime", "openvino"))
    described = [*machine.describe(packages, run.load), f"- {runtimes}"]
    head = _HEAD.format(
        today=datetime.now(UTC).date(),
        minutes=run.minutes,
        machine="\n".join(described),
        name=json.loads((run.settings.model_dir / "deepstory.json").read_text("utf-8"))["name"],
        steps=run.settings.default_steps,
        guidance=run.settings.default_guidance_scale,
        threads=run.threads,
        busy="; **the machine was busy with other work**"
        if run.load[0] > BUSY * run.threads
        else "",
        starts=", ".join(f"{seconds:.1f}" for seconds in server.starts),
        fast_starts=", ".join(f"{seconds:.1f}" for seconds in server.fast_starts),
        first=server.first,
        slowest=server.slowest,
        megabytes=server.megabytes,
    )
    lines = [head]
    lines += [f"| {name}, s | {seconds:.2f} | |" for name, seconds in server.drawings.items()]
    lines.append(
        _RUNTIMES.format(
            export=run.export_seconds,
            shapes=" | ".join(
                f"{number} of {width} x {height}, s" for number, width, height in run.shapes
            ),
            lines="---|" * len(run.shapes),
        )
    )
    lines += [_row(each, measured[0], run) for each in measured]
    lines.append(_NOTES)
    RESULTS.write_text("\n".join(lines) + "\n", "utf-8")
    print(f"written to {RESULTS}")


def _row(measured: Measured, served: Measured, run: Run) -> str:
    cells = [NAMES[measured.name], f"{measured.start():.1f}"]
    cells[1] += f" ({served.start() / measured.start():.2f})"
    for shape in run.shapes:
        seconds, reference = measured.drawing(shape), served.drawing(shape)
        cells.append(f"{seconds:.2f} ({reference / seconds:.2f})" if seconds and reference else "")
    cpu = " + ".join(f"{seconds:.2f}" for seconds in measured.cpu(run.shapes[0]))
    mean, largest = run.differences[measured.name]
    cells += [cpu, f"{measured.megabytes:.0f}", f"{mean:.2f}, {largest:.0f}"]
    return f"| {' | '.join(cells)} |"


def differences(
    measured: list[Measured], shapes: list[Shape], folder: Path
) -> dict[str, tuple[float, float]]:
    """How far each contender's pictures are from the first one's: the mean, and the largest."""
    found = {}
    for each in measured:
        apart = [
            np.abs(
                _pixels(folder, each.name, shape, i) - _pixels(folder, measured[0].name, shape, i)
            )
            for shape in shapes
            if each.drawing(shape)
            for i in range(shape[0])
        ]
        found[each.name] = (
            float(np.mean([pixels.mean() for pixels in apart])),
            float(max(pixels.max() for pixels in apart)),
        )
    return found


def _pixels(folder: Path, name: str, shape: Shape, index: int) -> NDArray[np.float64]:
    number, width, height = shape
    with Image.open(folder / f"{name}-{width}x{height}-{number}-{index}.png") as picture:
        return np.asarray(picture).astype(np.float64)
