"""Last stage: the decoder learns to make good pictures of what the UNet really draws.

What the UNet draws is never quite what the encoder would have made of a picture, and a decoder that
knows only the encoder's latents shows every small mistake as a blot. So known latents are hidden
under noise, the UNet draws what it thinks was there, and the decoder learns to see the true picture
in that.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from tqdm import tqdm
from transformers import CLIPTextModel, PreTrainedTokenizerFast

from model.training.assets import Concept
from model.training.autoencoder import (
    PERCEPTUAL_WEIGHT,
    Pictures,
    choose_bucket,
    reconstruction_loss,
)
from model.training.batches import object_weights, send, to_tensor
from model.training.captions import LANGUAGES, write_caption
from model.training.config import Recipe
from model.training.dataset import scene_of
from model.training.loop import Stage
from model.training.networks import half_precision, training_noise
from model.training.perception import Perception, perceptual_loss
from model.training.stretch import ENDLESS, Stretch
from model.training.text import tokenize

# Latents are redrawn from one of these steps of 1,000: at the first details are gone, at the last
# only the rough layout is left, which the true picture has to share.
REDRAWN_FROM = (450, 600, 800)
REDRAWING_STEPS = 4
REDRAWN_SHARE = 0.5
# So that latents as the encoder makes them, only a little off, stay good as well.
LATENT_NOISE = 0.05
BATCH = 32


def redraw_latents(
    recipe: Recipe,
    concepts: tuple[Concept, ...],
    tokenizer: PreTrainedTokenizerFast,
    text_encoder: CLIPTextModel,
    unet: UNet2DConditionModel,
    latents: list[torch.Tensor],
    folder: Path,
) -> torch.Tensor:
    """The first square pictures' latents as the UNet draws them with their captions' guidance."""
    path = folder / "redrawn.pt"
    if path.exists():
        known: torch.Tensor = torch.load(path, weights_only=True)
        return known.float().to(unet.device)
    clean = latents[0][: recipe.redrawn]
    redrawn = []
    for first in tqdm(range(0, len(clean), BATCH), desc="redraw"):
        rng = np.random.default_rng([recipe.seed, first])
        torch.manual_seed(int(rng.integers(2**31)))
        part = clean[first : first + BATCH]
        captions = [
            write_caption(
                scene_of(concepts, recipe, recipe.buckets[0], first + row),
                LANGUAGES[int(rng.integers(len(LANGUAGES)))],
                rng,
                complete=True,
            )
            for row in range(len(part))
        ]
        tokens = tokenize(tokenizer, [*captions, *[""] * len(part)]).to(unet.device)
        start = REDRAWN_FROM[int(rng.integers(len(REDRAWN_FROM)))]
        with torch.no_grad(), half_precision(unet.device):
            hidden = text_encoder(tokens)[0]
            redrawn.append(_redraw(unet, part, hidden, start, recipe.guidance_scale).half().cpu())
    torch.save(torch.cat(redrawn), path.with_suffix(".partial"))
    path.with_suffix(".partial").replace(path)
    return torch.cat(redrawn).float().to(unet.device)


def train_decoder(
    recipe: Recipe,
    concepts: tuple[Concept, ...],
    vae: AutoencoderKL,
    pictures: Pictures,
    perception: Perception,
    latents: list[torch.Tensor],
    redrawn: torch.Tensor,
    folder: Path,
    device: torch.device,
    *,
    stretch: Stretch = ENDLESS,
) -> Stage:
    """Train the decoder on, from redrawn latents and from those that the encoder made."""
    parts = {"decoder": vae.decoder, "quantization": vae.post_quant_conv}
    schedule = recipe.decoder_schedule
    stage = Stage("decoder", parts, schedule, ema_decay=recipe.ema_decay)

    def step(_: int, rng: np.random.Generator) -> torch.Tensor:
        is_redrawn = rng.random() < REDRAWN_SHARE
        which = 0 if is_redrawn else choose_bucket(pictures, rng)
        source = redrawn if is_redrawn else latents[which]
        indices = np.sort(rng.integers(len(source), size=schedule.batch))
        truth = to_tensor(pictures[which][indices], device)
        packed = source[send(torch.from_numpy(indices), device)]
        packed = packed + LATENT_NOISE * torch.randn(packed.shape, device=device)
        with half_precision(device):
            rebuilt = vae.decode(packed / vae.config.scaling_factor).sample
        scenes = [scene_of(concepts, recipe, recipe.buckets[which], int(i)) for i in indices]
        weights = send(object_weights(scenes, *truth.shape[2:]), device)
        loss = reconstruction_loss(rebuilt.float(), truth, weights)
        return loss + PERCEPTUAL_WEIGHT * perceptual_loss(perception, rebuilt, truth).mean()

    stage.train(step, seed=recipe.seed, checkpoint=folder / "decoder.pt", stretch=stretch)
    stage.use_averages()
    return stage


def _redraw(
    unet: UNet2DConditionModel,
    clean: torch.Tensor,
    hidden: torch.Tensor,
    start: int,
    guidance_scale: float,
) -> torch.Tensor:
    """Hide latents under the noise of a training step and draw them again (DDIM).

    `hidden` holds the captions and then as many empty ones.
    """
    noise_schedule = training_noise()
    signals = noise_schedule.alphas_cumprod
    moments = np.linspace(start, 0, REDRAWING_STEPS + 1).round().astype(int)
    noise = torch.randn(clean.shape).to(clean.device)
    drawn = noise_schedule.add_noise(clean, noise, torch.full((len(clean),), start))
    for moment, following in pairwise(moments):
        signal = float(signals[moment]) ** 0.5
        hiding = (1 - signal**2) ** 0.5
        told, untold = unet(torch.cat([drawn] * 2), int(moment), hidden).sample.float().chunk(2)
        velocity = untold + guidance_scale * (told - untold)
        guess = signal * drawn - hiding * velocity
        left = float(signals[following]) ** 0.5 if following else 1.0
        drawn = left * guess + (1 - left**2) ** 0.5 * (signal * velocity + hiding * drawn)
    return drawn
