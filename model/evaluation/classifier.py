"""The judge: a small network that learns from rendered scenes alone to tell what they show."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional
from tqdm import tqdm

from model.training.assets import Concept
from model.training.batches import to_tensor
from model.training.scenes import PLACES, STYLES, WEATHERS, Scene

Head = Literal["object", "place", "weather", "style"]
Pictures: TypeAlias = NDArray[np.uint8]
Scores: TypeAlias = dict[Head, torch.Tensor]

STEPS, BATCH, RATE = 900, 48, 3e-3
SIDE = 64
LARGEST_SHIFT = 6
CHANNELS = (3, 32, 64, 96, 128)
CPU = torch.device("cpu")
SURROUNDINGS: dict[Head, tuple[str, ...]] = {
    "place": PLACES,
    "weather": WEATHERS,
    "style": STYLES,
}


class Classifier:
    """Scores every concept, place, weather and style of a picture; the higher, the likelier."""

    def __init__(self, concepts: tuple[Concept, ...]) -> None:
        self.concepts = concepts
        self._sizes = [len(concepts), *map(len, SURROUNDINGS.values())]
        network = _build_network(sum(self._sizes))
        self.network = network.to(memory_format=torch.channels_last)

    def score(self, pictures: Pictures) -> Scores:
        """Scores of each head as (pictures, choices)."""
        self.network.eval()
        with torch.no_grad():
            parts = [
                self.network(_shrink(to_tensor(pictures[start : start + BATCH], CPU)))
                for start in range(0, len(pictures), BATCH)
            ]
        return self.split(torch.cat(parts))

    def split(self, outputs: torch.Tensor) -> Scores:
        heads: list[Head] = ["object", *SURROUNDINGS]
        return dict(zip(heads, outputs.split(self._sizes, dim=1), strict=True))


def train_classifier(
    concepts: tuple[Concept, ...],
    scenes: Sequence[Scene],
    pictures: Pictures,
    *,
    seed: int,
    steps: int = STEPS,
) -> Classifier:
    """Train on pictures of these scenes; the same seed gives the same classifier."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    classifier = Classifier(concepts)
    targets = {head: labels_of(head, scenes, concepts)[:, 0] for head in SURROUNDINGS}
    targets["object"] = _shares_of_objects(scenes, concepts)
    parameters = classifier.network.parameters()
    optimizer = torch.optim.AdamW(parameters, lr=RATE, weight_decay=0.02)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    classifier.network.train()
    for _ in tqdm(range(steps), "train classifier"):
        batch = np.sort(rng.integers(len(scenes), size=BATCH))
        shifted = _shift(to_tensor(pictures[batch], CPU), rng)
        scores = classifier.split(classifier.network(_shrink(shifted)))
        loss = sum(
            functional.cross_entropy(scores[head], target[torch.from_numpy(batch)])
            for head, target in targets.items()
        )
        loss.backward()
        optimizer.step()
        rate.step()
        optimizer.zero_grad()
    return classifier


def labels_of(head: Head, scenes: Sequence[Scene], concepts: tuple[Concept, ...]) -> torch.Tensor:
    """What the scenes show, a row per scene: scenes of equally many objects, or surroundings."""
    if head == "object":
        rows = [[concepts.index(placed.concept) for placed in scene.objects] for scene in scenes]
    else:
        rows = [[SURROUNDINGS[head].index(getattr(scene, head))] for scene in scenes]
    return torch.tensor(rows)


def _shares_of_objects(scenes: Sequence[Scene], concepts: tuple[Concept, ...]) -> torch.Tensor:
    """A row per scene that shares 1 out among the kinds of things in it."""
    shown = torch.zeros(len(scenes), len(concepts))
    for row, scene in zip(shown, scenes, strict=True):
        for placed in scene.objects:
            row[concepts.index(placed.concept)] = 1
    return shown / shown.sum(dim=1, keepdim=True)


def _shift(pictures: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    largest = min(LARGEST_SHIFT, pictures.shape[-1] // 16)
    shifts = rng.integers(-largest, largest + 1, size=(len(pictures), 2)).tolist()
    moved = [
        picture.roll(shift, dims=(1, 2)) for picture, shift in zip(pictures, shifts, strict=True)
    ]
    return torch.stack(moved)


def _shrink(pictures: torch.Tensor) -> torch.Tensor:
    small = functional.adaptive_avg_pool2d(pictures, SIDE)
    return small.contiguous(memory_format=torch.channels_last)


def _build_network(outputs: int) -> nn.Module:
    layers: list[nn.Module] = []
    for inputs, channels in pairwise(CHANNELS):
        layers += _convolution(inputs, channels, stride=2)
        # The first level is too large and the last too small for a second look to pay.
        if channels in CHANNELS[2:-1]:
            layers += _convolution(channels, channels, stride=1)
    last_side = SIDE // 2 ** (len(CHANNELS) - 1)
    inputs = CHANNELS[-1] * last_side**2
    return nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.3), nn.Linear(inputs, outputs))


def _convolution(inputs: int, outputs: int, *, stride: int) -> list[nn.Module]:
    convolution = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
    return [convolution, nn.BatchNorm2d(outputs), nn.ReLU()]
