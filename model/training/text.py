"""Stage 2: the text encoder learns what captions speak of, before it sees any picture.

Every position from a caption's end on gives the whole caption's meaning: even a UNet that has not
yet learned where to look finds it, so that objects appear after far fewer pictures.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from transformers import CLIPTextModel, PreTrainedTokenizerFast

from model.training.assets import Concept
from model.training.batches import send, shown_concepts
from model.training.captions import LANGUAGES, write_caption
from model.training.config import Recipe
from model.training.dataset import scene_of
from model.training.loop import Stage
from model.training.networks import build_text_encoder, half_precision, take_over
from model.training.scenes import PLACES, STYLES, WEATHERS, Scene
from model.training.stretch import ENDLESS, Stretch


def train_text_encoder(
    recipe: Recipe,
    concepts: tuple[Concept, ...],
    tokenizer: PreTrainedTokenizerFast,
    folder: Path,
    device: torch.device,
    *,
    start: Path | None = None,
    stretch: Stretch = ENDLESS,
) -> tuple[CLIPTextModel, Stage]:
    """Train on captions and the scenes they tell; the head that names these is thrown away."""
    torch.manual_seed(recipe.seed)
    encoder = build_text_encoder(recipe.text, tokenizer).to(device)
    take_over(encoder, start, "text_encoder")
    sizes = [len(concepts), len(PLACES), len(WEATHERS), len(STYLES)]
    head = nn.Linear(recipe.text.width, sum(sizes)).to(device)
    schedule = recipe.text_schedule
    parts = {"text_encoder": encoder, "head": head}
    stage = Stage("text", parts, schedule, ema_decay=recipe.ema_decay)

    def step(_: int, rng: np.random.Generator) -> torch.Tensor:
        bucket = recipe.buckets[0]
        numbers = rng.integers(bucket.pictures, size=schedule.batch)
        scenes = [scene_of(concepts, recipe, bucket, int(number)) for number in numbers]
        captions = [
            write_caption(scene, LANGUAGES[int(rng.integers(len(LANGUAGES)))], rng)
            for scene in scenes
        ]
        tokens = send(tokenize(tokenizer, captions), device)
        inside = tokens.eq(tokenizer.eos_token_id).cumsum(dim=1).float()[..., None]
        with half_precision(device):
            hidden = encoder(tokens)[0].float()
        meaning = (hidden * inside).sum(dim=1) / inside.sum(dim=1).clamp(min=1)
        objects, *others = head(meaning).split(sizes, dim=1)
        loss = functional.binary_cross_entropy_with_logits(
            objects, send(shown_concepts(scenes, concepts), device)
        ) * len(concepts)
        for logits, truth in zip(others, _surroundings(scenes), strict=True):
            loss = loss + functional.cross_entropy(logits, send(truth, device))
        return loss

    stage.train(step, seed=recipe.seed, checkpoint=folder / "text.pt", stretch=stretch)
    stage.use_averages()
    return encoder, stage


def tokenize(tokenizer: PreTrainedTokenizerFast, captions: list[str]) -> torch.Tensor:
    """Token ids padded to the text encoder's length, as the pipeline makes them."""
    ids: torch.Tensor = tokenizer(
        captions, padding="max_length", truncation=True, return_tensors="pt"
    ).input_ids
    return ids


def _surroundings(scenes: list[Scene]) -> tuple[torch.Tensor, ...]:
    return (
        torch.tensor([PLACES.index(scene.place) for scene in scenes]),
        torch.tensor([WEATHERS.index(scene.weather) for scene in scenes]),
        torch.tensor([STYLES.index(scene.style) for scene in scenes]),
    )
