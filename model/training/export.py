"""Writes the trained parts as a diffusers pipeline folder in half precision."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from diffusers import AutoencoderKL, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextModel, PreTrainedTokenizerFast

from model.training.assets import LANGUAGES
from model.training.config import Recipe
from model.training.networks import sampling_noise
from model.training.scenes import STYLES

SHARD_SIZE = "15MB"


def export_pipeline(
    recipe: Recipe,
    *,
    tokenizer: PreTrainedTokenizerFast,
    text_encoder: CLIPTextModel,
    vae: AutoencoderKL,
    unet: UNet2DConditionModel,
    concepts: int,
    folder: Path,
) -> None:
    """Replace the pipeline in a folder, keeping what else lies there; halves the parts given."""
    pipeline = StableDiffusionPipeline(
        vae=vae.half(),
        text_encoder=text_encoder.half(),
        tokenizer=tokenizer,
        unet=unet.half(),
        scheduler=sampling_noise(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    for part in pipeline.components:
        shutil.rmtree(folder / part, ignore_errors=True)
    pipeline.save_pretrained(folder, max_shard_size=SHARD_SIZE)
    for shard in folder.rglob("*.safetensors"):
        shard.chmod(0o644)  # they are written for their owner only, and a server is another user
    (folder / "deepstory.json").write_text(
        json.dumps(_settings(recipe, concepts), indent=2) + "\n", "utf-8"
    )


def _settings(recipe: Recipe, concepts: int) -> dict[str, object]:
    return {
        "name": f"deepstory-{recipe.name}",
        "default_steps": recipe.sampling_steps,
        "default_guidance_scale": recipe.guidance_scale,
        "sizes": {bucket.aspect: [bucket.width, bucket.height] for bucket in recipe.buckets},
        "styles": list(STYLES),
        "languages": sorted(LANGUAGES, reverse=True),
        "concepts": concepts,
    }
