"""The stages in order, each going on from what an earlier run left in the cache folder."""

from __future__ import annotations

import json
from pathlib import Path

from model.training.assets import Concept
from model.training.autoencoder import encode_all, train_vae
from model.training.config import Recipe
from model.training.dataset import render_bucket
from model.training.decoder import redraw_latents, train_decoder
from model.training.diffusion import train_unet
from model.training.export import export_pipeline
from model.training.loop import Stage
from model.training.networks import choose_device
from model.training.perception import train_latent_perception, train_perception
from model.training.stretch import ENDLESS, Stretch
from model.training.text import train_text_encoder
from model.training.tokenizer import build_tokenizer


def train_pipeline(
    recipe: Recipe,
    concepts: tuple[Concept, ...],
    *,
    folder: Path,
    out: Path,
    start: Path | None = None,
    stretch: Stretch = ENDLESS,
) -> None:
    """Pictures, VAE, latents, text encoder, UNet, decoder, then the pipeline written to `out`.

    `start` is a pipeline folder whose weights every stage begins with: an hour more for a model
    whose checkpoints are gone.

    Raises
    ------
    OutOfTimeError : the stretch is over; the same call goes on where it ended.
    """
    device = choose_device()
    pictures = [
        render_bucket(concepts, recipe, bucket, folder, stretch=stretch)
        for bucket in recipe.buckets
    ]
    tokenizer = build_tokenizer(concepts, recipe.text.tokens, placed=recipe.placement_share > 0)
    perception = train_perception(recipe, concepts, pictures, folder, device, stretch=stretch)
    vae, vae_stage = train_vae(
        recipe, concepts, pictures, perception, folder, device, start=start, stretch=stretch
    )
    latents = encode_all(vae, pictures, folder, device)
    text_encoder, text_stage = train_text_encoder(
        recipe, concepts, tokenizer, folder, device, start=start, stretch=stretch
    )
    latent_perception = train_latent_perception(
        recipe, concepts, latents, folder, device, stretch=stretch
    )
    unet, unet_stage = train_unet(
        recipe,
        concepts,
        tokenizer,
        text_encoder,
        latents,
        latent_perception,
        folder,
        device,
        start=start,
        stretch=stretch,
    )
    redrawn = redraw_latents(recipe, concepts, tokenizer, text_encoder, unet, latents, folder)
    decoder_stage = train_decoder(
        recipe,
        concepts,
        vae,
        pictures,
        perception,
        latents,
        redrawn,
        folder,
        device,
        stretch=stretch,
    )
    export_pipeline(
        recipe,
        tokenizer=tokenizer,
        text_encoder=text_encoder,
        vae=vae,
        unet=unet,
        concepts=len(concepts),
        folder=out,
    )
    _write_history(folder, vae_stage, text_stage, unet_stage, decoder_stage)


def _write_history(folder: Path, *stages: Stage) -> None:
    report = {
        stage.name: {"seconds": round(stage.seconds), "loss": stage.history} for stage in stages
    }
    (folder / "history.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
