"""Sums over what was measured."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

WHITE = 255.0


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest rank: one of the values, never something between two."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


@dataclass(frozen=True)
class Spread:
    median: float
    least: float
    most: float


def spread(values: Sequence[float]) -> dict[str, float]:
    return asdict(Spread(statistics.median(values), min(values), max(values)))


@dataclass(frozen=True)
class Difference:
    """Between pictures, in units of 1/255; PSNR in dB, None where they are equal."""

    most: float
    mean: float
    psnr: float | None


def difference(pairs: Iterable[tuple[NDArray[np.float64], NDArray[np.float64]]]) -> Difference:
    """The largest, the mean and the PSNR over all pictures together."""
    apart = np.concatenate([np.abs(one - other).ravel() for one, other in pairs])
    square = float(np.mean(apart**2))
    psnr = 10 * math.log10(WHITE**2 / square) if square else None
    return Difference(float(apart.max()), float(apart.mean()), psnr)
