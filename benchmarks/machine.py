"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
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


def describe(
    packages: Iterable[str] = _PACKAGES, load: tuple[float, ...] | None = None
) -> list[str]:
    """Return lines that name the machine, its load (now, if none is given) and the versions."""
    loads = ", ".join(f"{each:.1f}" for each in load or os.getloadavg())
    return [
        f"- {os.cpu_count()} cores, {_processor()}, {platform.system()} {platform.machine()}",
        f"- Python {platform.python_version()}; load averages at the start: {loads}",
        "- " + ", ".join(f"{package} {version(package)}" for package in packages),
    ]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown processor"
