"""Pictures that were saved, compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.serving.figures import difference
from benchmarks.serving.orders import Order


def compare(folder: Path, truths: dict[str, Path], orders: Sequence[Order]) -> dict[str, Any]:
    """How far a folder's pictures are from those of other folders, which may lack the last ones."""
    found: dict[str, Any] = {}
    for name, truth in truths.items():
        pairs = [
            (_pixels(folder / file), _pixels(truth / file))
            for file in (f"{order.name}.png" for order in orders)
            if (truth / file).is_file() and (folder / file).is_file()
        ]
        if pairs:
            found[name] = asdict(difference(pairs)) | {"pictures": len(pairs)}
    return found


def _pixels(file: Path) -> NDArray[np.float64]:
    with Image.open(file) as picture:
        return np.asarray(picture).astype(np.float64)
