"""Small networks that learn to tell things apart; then what they see judges VAE and UNet.

Pixels alone are satisfied by a blur. What such a network makes of a picture changes when a face or
an outline is lost (a perceptual loss, as in LPIPS, Zhang et al. 2018, from networks of our own; for
a diffusion model's guess of the clean picture as in Lin and Yang 2024, arXiv:2401.00110).
They have nothing in common with the judge of `model.evaluation` but the recipe's scenes.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from model.training.assets import Concept
from model.training.batches import send, shown_concepts, to_tensor
from model.training.config import Recipe
from model.training.dataset import scene_of
from model.training.loop import Stage
from model.training.networks import half_precision
from model.training.stretch import ENDLESS, Stretch

PICTURE_CHANNELS = (24, 48, 96, 128)
LATENT_CHANNELS = (48, 96, 128)
# Latents guessed in the middle of drawing are not clean: the network must bear as much.
LATENT_NOISE = 0.4


class Perception(nn.Module):  # type: ignore[misc]  # torch is not followed
    """Features of a picture or its latents, each level at half the size, and concepts' scores."""

    def __init__(self, channels: tuple[int, ...], concepts: int, *, first_stride: int) -> None:
        super().__init__()
        strides = (first_stride, *(2 for _ in channels[2:]))
        self.levels = nn.ModuleList(
            nn.Sequential(
                *_convolution(before, after, stride=stride), *_convolution(after, after, stride=1)
            )
            for (before, after), stride in zip(pairwise(channels), strides, strict=True)
        )
        self.head = nn.Linear(channels[-1], concepts)

    def features(self, pictures: torch.Tensor) -> list[torch.Tensor]:
        seen = []
        for level in self.levels:
            pictures = level(pictures)
            seen.append(pictures)
        return seen

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.head(self.features(pictures)[-1].mean(dim=(2, 3)))
        return scores


def train_perception(
    recipe: Recipe,
    concepts: tuple[Concept, ...],
    pictures: list[NDArray[np.uint8]],
    folder: Path,
    device: torch.device,
    *,
    stretch: Stretch = ENDLESS,
) -> Perception:
    """Learn to name the things in the square pictures, then stay as it is."""

    def read(indices: NDArray[np.int64]) -> torch.Tensor:
        return to_tensor(pictures[0][indices], device)

    torch.manual_seed(recipe.seed)
    network = Perception((3, *PICTURE_CHANNELS), len(concepts), first_stride=2)
    return _train("perception", network, read, recipe, concepts, folder, device, stretch=stretch)


def train_latent_perception(
    recipe: Recipe,
    concepts: tuple[Concept, ...],
    latents: list[torch.Tensor],
    folder: Path,
    device: torch.device,
    *,
    stretch: Stretch = ENDLESS,
) -> Perception:
    """The same for the latents of the square pictures, clean or noisy."""

    def read(indices: NDArray[np.int64]) -> torch.Tensor:
        clean = latents[0][send(torch.from_numpy(indices), device)]
        strength = LATENT_NOISE * torch.rand(len(clean), 1, 1, 1, device=device)
        return clean + strength * torch.randn(clean.shape, device=device)

    torch.manual_seed(recipe.seed)
    channels = (recipe.vae.latent_channels, *LATENT_CHANNELS)
    network = Perception(channels, len(concepts), first_stride=1)
    return _train(
        "latent-perception", network, read, recipe, concepts, folder, device, stretch=stretch
    )


def perceptual_loss(
    perception: Perception, drawn: torch.Tensor, truth: torch.Tensor
) -> torch.Tensor:
    """How far what is seen in each picture lies from what is seen in the other: one per row."""
    with torch.no_grad():
        wanted = perception.features(truth)
    losses = [
        (_unit(one) - _unit(other)).square().sum(dim=1).mean(dim=(1, 2))
        for one, other in zip(perception.features(drawn.float()), wanted, strict=True)
    ]
    return torch.stack(losses).mean(dim=0)


def _train(
    name: str,
    network: Perception,
    read: Callable[[NDArray[np.int64]], torch.Tensor],
    recipe: Recipe,
    concepts: tuple[Concept, ...],
    folder: Path,
    device: torch.device,
    *,
    stretch: Stretch = ENDLESS,
) -> Perception:
    network.to(device, memory_format=torch.channels_last)
    bucket, schedule = recipe.buckets[0], recipe.perception_schedule
    stage = Stage(name, {"network": network}, schedule, ema_decay=recipe.ema_decay)

    def step(_: int, rng: np.random.Generator) -> torch.Tensor:
        indices = np.sort(rng.integers(bucket.pictures, size=schedule.batch))
        scenes = [scene_of(concepts, recipe, bucket, int(index)) for index in indices]
        with half_precision(device):
            scores = network(read(indices)).float()
        shown = send(shown_concepts(scenes, concepts), device)
        return functional.cross_entropy(scores, shown / shown.sum(dim=1, keepdim=True))

    stage.train(step, seed=recipe.seed, checkpoint=folder / f"{name}.pt", stretch=stretch)
    network.eval().requires_grad_(False)
    return network


def _unit(features: torch.Tensor) -> torch.Tensor:
    return functional.normalize(features, dim=1, eps=1e-4)


def _convolution(inputs: int, outputs: int, *, stride: int) -> list[nn.Module]:
    convolution = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
    return [convolution, nn.BatchNorm2d(outputs), nn.LeakyReLU(0.1)]
