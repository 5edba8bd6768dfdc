"""Pictures and what they show as the tensors that training reads."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from model.training.assets import Concept
from model.training.scenes import Scene

OBJECT_WEIGHT = 4.0


def send(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
    """The tensor on the device; a GPU fetches it while the next batch is being prepared."""
    if device.type == "cpu":
        return tensor
    return tensor.pin_memory().to(device, non_blocking=True)


def to_tensor(pictures: NDArray[np.uint8], device: torch.device) -> torch.Tensor:
    """Pictures as (count, 3, height, width) between -1 and 1."""
    tensor = send(torch.from_numpy(np.array(pictures)), device)
    return tensor.permute(0, 3, 1, 2).float() / 127.5 - 1


def shown_concepts(scenes: list[Scene], concepts: tuple[Concept, ...]) -> torch.Tensor:
    """A row per scene with 1 for every kind of thing in it."""
    columns = {concept.body: column for column, concept in enumerate(concepts)}
    shown = torch.zeros(len(scenes), len(concepts))
    for row, scene in enumerate(scenes):
        for placed in scene.objects:
            shown[row, columns[placed.concept.body]] = 1
    return shown


def object_weights(scenes: list[Scene], rows: int, columns: int) -> torch.Tensor:
    """Weights of mean 1 that make a spot where an object stands count more than background."""
    weights = torch.ones(len(scenes), 1, rows, columns)
    for number, scene in enumerate(scenes):
        for placed in scene.objects:
            half_rows = placed.size / 2 * rows
            half_columns = placed.size / 2 * scene.height / scene.width * columns
            top, left = placed.y * rows - half_rows, placed.x * columns - half_columns
            right, bottom = left + 2 * half_columns, top + 2 * half_rows
            weights[
                number, 0, max(0, round(top)) : round(bottom), max(0, round(left)) : round(right)
            ] = OBJECT_WEIGHT
    return weights / weights.mean()
