"""Time to import a handler in a fresh interpreter, with compiled files, as the layer ships them."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROUNDS = 15

# What each kind of Lambda imports before its first request.
IMPORTS = {
    "deepstory": "import app, boto3",
    "bare Chalice + boto3": "import chalice.app, boto3",
    "Powertools resolver + pydantic + boto3": (
        "import pydantic, boto3\n"
        "from aws_lambda_powertools.event_handler import APIGatewayRestResolver\n"
        "APIGatewayRestResolver(enable_validation=True)"
    ),
    "FastAPI + Mangum + boto3": "import fastapi, mangum, boto3",
}
_PROGRAM = """
import time
started = time.perf_counter()
{imports}
print((time.perf_counter() - started) * 1e3)
"""


@dataclass(frozen=True)
class ImportTime:
    """Milliseconds: the median of the rounds, and the fastest."""

    name: str
    median: float
    best: float


def measure() -> list[ImportTime]:
    rounds: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for name in IMPORTS:
        _import_once(IMPORTS[name])  # writes the compiled files
    for _ in range(ROUNDS):
        for name, imports in IMPORTS.items():
            rounds[name].append(_import_once(imports))
    return [ImportTime(name, statistics.median(each), min(each)) for name, each in rounds.items()]


def _import_once(imports: str) -> float:
    path = os.pathsep.join([str(ROOT / "functions"), str(ROOT / "functions" / "api")])
    environment = os.environ | {"PYTHONPATH": path, "AWS_DEFAULT_REGION": "us-east-1"}
    output = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(imports=imports)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(output.stdout)
