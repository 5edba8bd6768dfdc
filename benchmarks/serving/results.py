"""What a run has measured, as a file for each model and part."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from benchmarks import machine
from benchmarks.serving.bench import Bench, Row

PACKAGES = ("torch", "diffusers", "transformers", "triton", "openvino", "numpy")


@dataclass
class Results:
    """Written again with each row, so that a run that is cut short leaves what it has."""

    file: Path
    content: dict[str, Any]

    def add(self, row: Row) -> None:
        self.content["rows"].append(row)
        self.write()

    def complete(self) -> None:
        self.content["complete"] = True
        self.write()

    def write(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps(self.content, indent=1) + "\n", "utf-8")


def begin(bench: Bench, part: str, described: list[str]) -> Results:
    now = datetime.now(UTC)
    options = bench.options
    device = device_name(options.device)
    return Results(
        options.out / f"{device.replace(' ', '-')}-{options.model}-{part}-{now:%m%dT%H%M}.json",
        {
            "model": options.model,
            "part": part,
            "when": f"{now:%Y-%m-%d %H:%M} UTC",
            "device": device,
            "machine": described,
            "dtype": options.dtype,
            "threads": options.threads,
            "size": bench.model.sizes[0],
            "sizes": bench.model.sizes[: options.mix_sizes],
            "steps": bench.steps,
            "short": bench.short,
            "guidance": bench.model.guidance,
            "rounds": options.rounds,
            "recipe_mode": options.recipe_mode,
            "runtime": options.runtime,
            "thorough": options.thorough,
            "load_seconds": options.load_seconds,
            "step_tflop": bench.flops.step(guided=bench.guided) / 1e12,
            "decode_tflop": sum(bench.flops.decode.values()) / 1e12,
            "complete": False,
            "rows": [],
        },
    )


def device_name(device: str) -> str:
    return str(torch.cuda.get_device_name(device)) if device.startswith("cuda") else "CPU"


def describe(device: str, packages: Iterable[str] = PACKAGES) -> list[str]:
    lines = machine.describe([package for package in packages if _installed(package)])
    if device.startswith("cuda"):
        memory = torch.cuda.get_device_properties(device).total_memory / 2**30
        lines.append(f"- {device_name(device)}, {memory:.0f} GiB, CUDA {torch.version.cuda}")
    return lines


def _installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True
