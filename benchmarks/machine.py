"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

_PACKAGES = (
    "chalice",
    "msgspec",
    "pyjwt",
    "pynamodb",
    "boto3",
    "aws-lambda-powertools",
    "fastapi",
    "mangum",
    "pydantic",
)


def describe() -> list[str]:
    """Return lines that name the machine, its load and the versions."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return [
        f"- {os.cpu_count()} cores, {_processor()}, {platform.system()} {platform.machine()}",
        f"- Python {platform.python_version()}; load averages at the start: {load}",
        "- " + ", ".join(f"{package} {version(package)}" for package in _PACKAGES),
    ]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown processor"
