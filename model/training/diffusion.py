"""Stage 3: UNet and text encoder learn together to turn noise into the latents of a caption."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from numpy.typing import NDArray
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel
from transformers import CLIPTextModel, PreTrainedTokenizerFast

from model.training.assets import Concept
from model.training.autoencoder import choose_bucket
from model.training.batches import object_weights, send
from model.training.captions import LANGUAGES, write_caption
from model.training.config import Bucket, Recipe
from model.training.dataset import scene_of
from model.training.loop import Stage
from model.training.networks import (
    build_unet,
    compiled,
    half_precision,
    take_over,
    training_noise,
)
from model.training.perception import Perception, perceptual_loss
from model.training.scenes import Scene
from model.training.stretch import ENDLESS, Stretch
from model.training.text import tokenize

# The guess of the clean latents counts the more the less noise hides them, down to a half.
PERCEPTUAL_WEIGHT = 0.2


def train_unet(
    recipe: Recipe,
    concepts: tuple[Concept, ...],
    tokenizer: PreTrainedTokenizerFast,
    text_encoder: CLIPTextModel,
    latents: list[torch.Tensor],
    perception: Perception,
    folder: Path,
    device: torch.device,
    *,
    start: Path | None = None,
    stretch: Stretch = ENDLESS,
) -> tuple[UNet2DConditionModel, Stage]:
    """Train on latents with captions written anew for every step, the text encoder too."""
    torch.manual_seed(recipe.seed)
    unet = build_unet(recipe.unet, recipe).to(device, memory_format=torch.channels_last)
    take_over(unet, start, "unet")
    # Only the most frequent shape: every shape would take minutes to compile.
    predict = compiled(unet) if recipe.compiled else unet
    noise_schedule = training_noise()
    signals = noise_schedule.alphas_cumprod.to(device)
    schedule = recipe.unet_schedule
    stage = Stage(
        "unet", {"unet": unet, "text_encoder": text_encoder}, schedule, ema_decay=recipe.ema_decay
    )

    singles = [
        _with_one_thing(recipe, concepts, bucket, len(known))
        for bucket, known in zip(recipe.buckets, latents, strict=True)
    ]

    def step(_: int, rng: np.random.Generator) -> torch.Tensor:
        which = choose_bucket(latents, rng)
        indices = _choose(
            singles[which], len(latents[which]), schedule.batch, rng, share=recipe.singles_share
        )
        clean = latents[which][send(torch.from_numpy(indices), device)]
        bucket = recipe.buckets[which]
        scenes = [scene_of(concepts, recipe, bucket, int(index)) for index in indices]
        captions = [_caption(scene, recipe.caption_dropout, rng) for scene in scenes]
        tokens = send(tokenize(tokenizer, captions), device)
        moments = _spread_timesteps(
            schedule.batch,
            noise_schedule.config.num_train_timesteps,
            rng,
            power=recipe.noise_power,
        )
        timesteps = send(torch.from_numpy(moments), device)
        noise = torch.randn(clean.shape, device=device)
        noisy = noise_schedule.add_noise(clean, noise, timesteps)
        target = noise_schedule.get_velocity(clean, noise, timesteps)
        noisy = noisy.contiguous(memory_format=torch.channels_last)
        with sdpa_kernel(_attention_kernels(device)), half_precision(device):
            hidden = text_encoder(tokens)[0]
            network = predict if which == 0 else unet
            predicted = network(noisy, timesteps, hidden).sample
        weights = send(object_weights(scenes, clean.shape[2], clean.shape[3]), device)
        predicted = predicted.float()
        loss = (functional.mse_loss(predicted, target, reduction="none") * weights).mean()
        signal = signals[timesteps].view(-1, 1, 1, 1)
        guess = signal.sqrt() * noisy - (1 - signal).sqrt() * predicted
        seen = perceptual_loss(perception, guess, clean)
        return loss + PERCEPTUAL_WEIGHT * ((1 + signal.flatten().sqrt()) / 2 * seen).mean()

    stage.train(step, seed=recipe.seed, checkpoint=folder / "unet.pt", stretch=stretch)
    stage.use_averages()
    return unet, stage


def _attention_kernels(device: torch.device) -> list[SDPBackend]:
    """On the CPU plain attention trains these few tokens a fifth faster than the fused kernel."""
    fused = [SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION]
    return [SDPBackend.MATH] if device.type == "cpu" else [*fused, SDPBackend.MATH]


def _caption(scene: Scene, dropout: float, rng: np.random.Generator) -> str:
    if rng.random() < dropout:
        return ""
    return write_caption(scene, LANGUAGES[int(rng.integers(len(LANGUAGES)))], rng)


def _with_one_thing(
    recipe: Recipe, concepts: tuple[Concept, ...], bucket: Bucket, number: int
) -> NDArray[np.int64]:
    scenes = (scene_of(concepts, recipe, bucket, index) for index in range(number))
    return np.flatnonzero([len(scene.objects) == 1 for scene in scenes])


def _choose(
    singles: NDArray[np.int64], number: int, count: int, rng: np.random.Generator, *, share: float
) -> NDArray[np.int64]:
    """Numbers of so many pictures, a `share` of them chosen from those with a single thing."""
    chosen = rng.integers(number, size=count)
    if not len(singles):
        return chosen
    return np.where(rng.random(count) < share, rng.choice(singles, size=count), chosen)


def _spread_timesteps(
    count: int, steps: int, rng: np.random.Generator, *, power: float
) -> np.ndarray:
    """One timestep from each of `count` stretches: less noise in the loss than by lot.

    With a `power` below 1 a timestep is the likelier the more noise it has.
    """
    parts = ((np.arange(count) + rng.random(count)) / count) ** power
    return (rng.permutation(parts) * steps).astype(np.int64)
