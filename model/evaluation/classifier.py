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
from model.training.batches import shown_concepts, to_tensor
from model.training.config import JudgeSize
from model.training.scenes import PLACES, STYLES, WEATHERS, Scene

Head = Literal["object", "place", "weather", "style"]
Pictures: TypeAlias = NDArray[np.uint8]
Scores: TypeAlias = dict[Head, torch.Tensor]

LARGEST_SHIFT = 6
CPU = torch.device("cpu")
SURROUNDINGS: dict[Head, tuple[str, ...]] = {
    "place": PLACES,
    "weather": WEATHERS,
    "style": STYLES,
}


class Classifier:
    """Scores every concept, place, weather and style of a picture; the higher, the likelier."""

    def __init__(
        self, concepts: tuple[Concept, ...], size: JudgeSize, device: torch.device = CPU
    ) -> None:
        self.concepts = concepts
        self.size = size
        self.device = device
        self._sizes = [len(concepts), *map(len, SURROUNDINGS.values())]
        network = _build_network(size, sum(self._sizes))
        self.network = network.to(device, memory_format=torch.channels_last)

    def score(self, pictures: Pictures) -> Scores:
        """Scores of each head as (pictures, choices)."""
        self.network.eval()
        with torch.no_grad():
            parts = [
                self._see(to_tensor(pictures[start : start + self.size.batch], self.device)).cpu()
                for start in range(0, len(pictures), self.size.batch)
            ]
        return self.split(torch.cat(parts))

    def learn(self, pictures: torch.Tensor) -> Scores:
        """Scores to be improved, on the classifier's device."""
        return self.split(self._see(pictures))

    def split(self, outputs: torch.Tensor) -> Scores:
        heads: list[Head] = ["object", *SURROUNDINGS]
        return dict(zip(heads, outputs.split(self._sizes, dim=1), strict=True))

    def _see(self, pictures: torch.Tensor) -> torch.Tensor:
        small = functional.adaptive_avg_pool2d(pictures, self.size.side)
        outputs: torch.Tensor = self.network(small.contiguous(memory_format=torch.channels_last))
        return outputs


def train_classifier(
    concepts: tuple[Concept, ...],
    scenes: Sequence[Scene],
    pictures: Pictures,
    *,
    size: JudgeSize,
    seed: int,
    device: torch.device = CPU,
) -> Classifier:
    """Train on pictures of these scenes; the same seed gives the same classifier."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    classifier = Classifier(concepts, size, device)
    targets = {head: labels_of(head, scenes, concepts)[:, 0] for head in SURROUNDINGS}
    targets["object"] = _shares_of_objects(scenes, concepts)
    targets = {head: target.to(device) for head, target in targets.items()}
    parameters = classifier.network.parameters()
    optimizer = torch.optim.AdamW(parameters, lr=size.rate, weight_decay=0.02)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, size.rate, total_steps=size.steps)
    classifier.network.train()
    for _ in tqdm(range(size.steps), "train classifier"):
        batch = np.sort(rng.integers(len(scenes), size=size.batch))
        scores = classifier.learn(_shift(to_tensor(pictures[batch], device), rng))
        loss = sum(
            functional.cross_entropy(scores[head], target[torch.from_numpy(batch).to(device)])
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
        columns = {concept.body: column for column, concept in enumerate(concepts)}
        rows = [[columns[placed.concept.body] for placed in scene.objects] for scene in scenes]
    else:
        rows = [[SURROUNDINGS[head].index(getattr(scene, head))] for scene in scenes]
    return torch.tensor(rows)


def _shares_of_objects(scenes: Sequence[Scene], concepts: tuple[Concept, ...]) -> torch.Tensor:
    """A row per scene that shares 1 out among the kinds of things in it."""
    shown = shown_concepts(list(scenes), concepts)
    return shown / shown.sum(dim=1, keepdim=True)


def _shift(pictures: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    largest = min(LARGEST_SHIFT, pictures.shape[-1] // 16)
    shifts = rng.integers(-largest, largest + 1, size=(len(pictures), 2)).tolist()
    moved = [
        picture.roll(shift, dims=(1, 2)) for picture, shift in zip(pictures, shifts, strict=True)
    ]
    return torch.stack(moved)


def _build_network(size: JudgeSize, outputs: int) -> nn.Module:
    layers: list[nn.Module] = []
    for inputs, channels in pairwise((3, *size.channels)):
        layers += _convolution(inputs, channels, stride=2)
        # The first level is too large and the last too small for a second look to pay.
        if channels in size.channels[1:-1]:
            layers += _convolution(channels, channels, stride=1)
    last_side = size.side // 2 ** len(size.channels)
    inputs = size.channels[-1] * last_side**2
    return nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.3), nn.Linear(inputs, outputs))


def _convolution(inputs: int, outputs: int, *, stride: int) -> list[nn.Module]:
    convolution = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
    return [convolution, nn.BatchNorm2d(outputs), nn.ReLU()]
