"""What ``make benchmarks`` measured, read from its report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_REPORT = Path(__file__).parents[1] / "results" / "api.md"
_OPERATION = re.compile(r"^\| ([^|]+) \| (\d+) \| ([\d.]+) \| ([\d.]+) \| [^|]+ \|$", re.MULTILINE)
_COLD = re.compile(r"## Cold import.*?^\| deepstory \| ([\d.]+) ", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Operation:
    calls: float
    read_units: float
    write_units: float


@dataclass(frozen=True)
class Measured:
    operations: Mapping[str, Operation]
    cold_import_milliseconds: float


def load(path: Path = _REPORT) -> Measured:
    text = path.read_text()
    cold = _COLD.search(text)
    operations = {
        match[1]: Operation(float(match[2]), float(match[3]), float(match[4]))
        for match in _OPERATION.finditer(text)
    }
    if cold is None or not operations:
        raise LookupError(f"{path.name} has no longer the form that is read here")
    return Measured(operations, float(cold[1]))
