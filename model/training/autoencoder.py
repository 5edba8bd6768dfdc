"""Stage 1: the VAE learns to pack pictures into latents, keeping colours and lines."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch
from diffusers import AutoencoderKL
from numpy.typing import NDArray
from torch.nn import functional
from tqdm import tqdm

from model.training.assets import Concept
from model.training.batches import object_weights, send, to_tensor
from model.training.config import Recipe
from model.training.dataset import scene_of
from model.training.loop import Stage
from model.training.networks import build_vae, half_precision, take_over
from model.training.perception import Perception, perceptual_loss
from model.training.stretch import ENDLESS, Stretch

KL_WEIGHT = 2e-4
PERCEPTUAL_WEIGHT = 0.4
Pictures: TypeAlias = list[NDArray[np.uint8]]


def train_vae(
    recipe: Recipe,
    concepts: tuple[Concept, ...],
    pictures: Pictures,
    perception: Perception,
    folder: Path,
    device: torch.device,
    *,
    start: Path | None = None,
    stretch: Stretch = ENDLESS,
) -> tuple[AutoencoderKL, Stage]:
    """Train the VAE; its scaling factor makes the latents' deviation 1."""
    torch.manual_seed(recipe.seed)
    vae = build_vae(recipe.vae, recipe.buckets[0].height)
    take_over(vae, start, "vae")
    vae = vae.to(device, memory_format=torch.channels_last)
    stage = Stage("vae", {"vae": vae}, recipe.vae_schedule, ema_decay=recipe.ema_decay)

    def step(_: int, rng: np.random.Generator) -> torch.Tensor:
        which = choose_bucket(pictures, rng)
        count = len(pictures[which])
        indices = np.sort(rng.integers(count, size=recipe.vae_schedule.batch))
        batch = to_tensor(pictures[which][indices], device)
        with half_precision(device):
            latents = vae.encode(batch).latent_dist
            rebuilt = vae.decode(latents.sample()).sample
        kl = latents.kl().float().mean() / latents.mean[0].numel()
        scenes = [scene_of(concepts, recipe, recipe.buckets[which], int(i)) for i in indices]
        weights = send(object_weights(scenes, *batch.shape[2:]), device)
        loss = reconstruction_loss(rebuilt.float(), batch, weights)
        seen = perceptual_loss(perception, rebuilt, batch).mean()
        return loss + PERCEPTUAL_WEIGHT * seen + KL_WEIGHT * kl

    stage.train(step, seed=recipe.seed, checkpoint=folder / "vae.pt", stretch=stretch)
    stage.use_averages()
    return vae, stage


def encode_all(
    vae: AutoencoderKL, pictures: Pictures, folder: Path, device: torch.device
) -> list[torch.Tensor]:
    """Latents of every picture on the device, of deviation 1; sets the VAE's scaling factor."""
    path = folder / "latents.pt"
    if path.exists():
        latents = torch.load(path, weights_only=True)
    else:
        latents = [_encode(vae, shape, device) for shape in pictures]
        torch.save(latents, path.with_suffix(".partial"))
        path.with_suffix(".partial").replace(path)
    factor = 1 / float(torch.cat([shape.float().flatten() for shape in latents]).std())
    vae.register_to_config(scaling_factor=round(factor, 5))
    return [shape.float().to(device) * vae.config.scaling_factor for shape in latents]


def _encode(
    vae: AutoencoderKL, pictures: NDArray[np.uint8], device: torch.device, batch: int = 64
) -> torch.Tensor:
    parts = []
    for start in tqdm(range(0, len(pictures), batch), desc="encode"):
        with torch.no_grad(), half_precision(device):
            latents = vae.encode(to_tensor(pictures[start : start + batch], device)).latent_dist
        parts.append(latents.mode().half().cpu())
    return torch.cat(parts)


def choose_bucket(
    shapes: list[NDArray[np.uint8]] | list[torch.Tensor], rng: np.random.Generator
) -> int:
    """A bucket by lot, each as often as it has pictures."""
    counts = np.array([len(shape) for shape in shapes], dtype=float)
    return int(rng.choice(len(shapes), p=counts / counts.sum()))


def reconstruction_loss(
    rebuilt: torch.Tensor, truth: torch.Tensor, weights: torch.Tensor
) -> torch.Tensor:
    """Pixels, edges, and colours of larger patches: the last ones keep it from blur and grey."""
    difference = (rebuilt - truth) * weights
    loss = difference.abs().mean()
    loss = loss + 0.5 * difference.diff(dim=2).abs().mean()
    loss = loss + 0.5 * difference.diff(dim=3).abs().mean()
    for size in (4, 8):
        loss = loss + 0.5 * functional.avg_pool2d(difference, size).abs().mean()
    # Hue apart from brightness: it is what a small VAE gives up first.
    hue = functional.avg_pool2d(difference - difference.mean(dim=1, keepdim=True), 2)
    return loss + hue.abs().mean()
