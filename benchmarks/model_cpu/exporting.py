"""Writes the bundled pipeline as ONNX graphs and numbers: ``python -m ...exporting FOLDER``."""

from __future__ import annotations

import logging
import shutil
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from diffusers.utils import logging as diffusers_logging
from torch import nn
from transformers.utils import logging as transformers_logging

from benchmarks.model_cpu.recipes import NOISE_FILE, SEEDS, DrawingRecipe
from model.serving.settings import read_settings

# Batch, height and width are free; the exporter calls an axis of one number what it is.
FREE = torch.export.Dim.AUTO
LATENTS = {0: FREE, 2: FREE, 3: FREE}
EXAMPLES = 2


class Words(nn.Module):  # type: ignore[misc]  # torch is not followed
    def __init__(self, pipeline: Any) -> None:
        super().__init__()
        self.network = pipeline.text_encoder

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        meaning: torch.Tensor = self.network(ids)[0]
        return meaning


class Denoiser(nn.Module):  # type: ignore[misc]  # torch is not followed
    def __init__(self, pipeline: Any) -> None:
        super().__init__()
        self.network = pipeline.unet

    def forward(
        self, latents: torch.Tensor, timestep: torch.Tensor, words: torch.Tensor
    ) -> torch.Tensor:
        answer: torch.Tensor = self.network(latents, timestep, words, return_dict=False)[0]
        return answer


class Decoder(nn.Module):  # type: ignore[misc]  # torch is not followed
    def __init__(self, pipeline: Any) -> None:
        super().__init__()
        self.network = pipeline.vae

    def forward(self, latents: torch.Tensor) -> torch.Tensor:
        latents = latents / self.network.config.scaling_factor
        pixels: torch.Tensor = self.network.decode(latents, return_dict=False)[0]
        return pixels


def export(folder: Path) -> None:
    settings = read_settings({})
    pipeline = StableDiffusionPipeline.from_pretrained(
        settings.model_dir, dtype=torch.float32, local_files_only=True
    )
    recipe = DrawingRecipe(
        *_sampler(pipeline.scheduler, settings.default_steps),
        guidance_scale=settings.default_guidance_scale,
        latent_channels=pipeline.unet.config.in_channels,
        latent_scale=pipeline.vae_scale_factor,
        tokens=pipeline.tokenizer.model_max_length,
        pad_id=pipeline.tokenizer.pad_token_id,
    )
    recipe.write(folder)
    shutil.copy(settings.model_dir / "tokenizer" / "tokenizer.json", folder)
    _write_noise(recipe, list(settings.sizes.values()), folder)
    width, height = (side // recipe.latent_scale for side in next(iter(settings.sizes.values())))
    latents = torch.randn(EXAMPLES, recipe.latent_channels, height, width)
    meaning = torch.randn(EXAMPLES, recipe.tokens, pipeline.unet.config.cross_attention_dim)
    ids = torch.ones(EXAMPLES, recipe.tokens, dtype=torch.long)
    _write(Words(pipeline), (ids,), ({0: FREE},), folder / "words.onnx")
    _write(Decoder(pipeline), (latents,), (LATENTS,), folder / "decoder.onnx")
    inputs = (latents, torch.tensor(1), meaning)
    _write(Denoiser(pipeline), inputs, (LATENTS, None, {0: FREE}), folder / "denoiser.onnx")


def _write(part: nn.Module, inputs: tuple[Any, ...], shapes: tuple[Any, ...], file: Path) -> None:
    with torch.no_grad():
        torch.onnx.export(
            part.eval(),
            inputs,
            str(file),
            input_names=list(part.forward.__annotations__)[: len(inputs)],
            output_names=["answer"],
            dynamo=True,
            dynamic_shapes=shapes,
            external_data=False,
            verbose=False,
        )


def _write_noise(recipe: DrawingRecipe, sizes: list[tuple[int, int]], folder: Path) -> None:
    """Save what the seeds begin with in PyTorch, whose random numbers nobody else makes."""
    noise = {}
    for width, height in sizes:
        shape = (recipe.latent_channels, *(side // recipe.latent_scale for side in (height, width)))
        seeds = (torch.Generator().manual_seed(seed) for seed in SEEDS)
        each = [torch.randn(shape, generator=generator) for generator in seeds]
        noise[f"{width}x{height}"] = torch.stack(each).numpy()
    np.savez(folder / NOISE_FILE, **noise)


def _sampler(scheduler: Any, steps: int) -> tuple[list[int], list[list[float]]]:
    """Run the scheduler on unit vectors: one for the noise, and one for each answer.

    That tells all there is to know of a scheduler whose steps are sums and draw no random numbers.
    """
    scheduler.set_timesteps(steps)
    assert scheduler.init_noise_sigma == 1
    units = torch.eye(steps + 1, dtype=torch.float64)
    latents, sums = units[0], [units[0].tolist()]
    for index, timestep in enumerate(scheduler.timesteps):
        assert torch.equal(scheduler.scale_model_input(latents, timestep), latents)
        answer = units[index + 1]
        latents = scheduler.step(answer, timestep, latents, return_dict=False)[0]
        sums.append(latents.tolist())
    return [int(timestep) for timestep in scheduler.timesteps], sums


if __name__ == "__main__":
    for library in (diffusers_logging, transformers_logging):
        library.set_verbosity_error()
        library.disable_progress_bar()
    logging.disable(logging.WARNING)  # the exporter misses torchvision
    warnings.simplefilter("ignore", FutureWarning)  # the exporter's own
    export(Path(sys.argv[1]))
