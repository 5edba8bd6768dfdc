"""What is judged: scenes that training never saw, their captions, drawn pictures and renders."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from tqdm import tqdm

from model.evaluation.classifier import CPU, Pictures
from model.training.assets import Concept
from model.training.captions import Language, Shape, write_caption
from model.training.config import Recipe
from model.training.drawing import draw_scene
from model.training.scenes import Scene, sample_scene

BATCH = 16


class EvaluationError(RuntimeError):
    """The weights are not of this recipe, so that nothing could be learnt from judging them."""


@dataclass(frozen=True)
class Prompt:
    text: str
    seed: int


class Pipeline:
    """The pipeline of a weights folder, drawing with its own default settings."""

    def __init__(
        self,
        weights: Path,
        recipe: Recipe,
        concepts: tuple[Concept, ...],
        device: torch.device = CPU,
    ) -> None:
        self.settings: dict[str, Any] = json.loads((weights / "deepstory.json").read_text("utf-8"))
        bucket = recipe.buckets[0]
        self._size = self.settings["sizes"][bucket.aspect]
        if self._size != [bucket.width, bucket.height]:
            raise EvaluationError(f"{weights} draws {self._size}: train it with this recipe first")
        if self.settings["concepts"] != len(concepts):
            raise EvaluationError(f"{weights} knows {self.settings['concepts']} other concepts")
        self.digest = _digest(weights)
        self._pipeline = StableDiffusionPipeline.from_pretrained(
            weights, dtype=torch.float32, local_files_only=True
        ).to(device)
        self._pipeline.set_progress_bar_config(disable=True)

    def draw(self, prompts: Sequence[Prompt], title: str) -> Pictures:
        width, height = self._size
        drawn = []
        with tqdm(total=len(prompts), desc=title, unit="picture") as bar:
            for start in range(0, len(prompts), BATCH):
                batch = prompts[start : start + BATCH]
                pictures = self._pipeline(
                    [prompt.text for prompt in batch],
                    width=width,
                    height=height,
                    num_inference_steps=self.settings["default_steps"],
                    guidance_scale=self.settings["default_guidance_scale"],
                    generator=[torch.Generator().manual_seed(prompt.seed) for prompt in batch],
                ).images
                drawn += [np.asarray(picture) for picture in pictures]
                bar.update(len(batch))
        return np.stack(drawn)


def unseen_scenes(
    concepts: tuple[Concept, ...], recipe: Recipe, number: int, *, kinds: int
) -> list[Scene]:
    """Scenes numbered after the training pictures: of one thing, or two that never met there."""
    bucket = recipe.buckets[0]
    scenes = (
        sample_scene(
            concepts,
            width=bucket.width,
            height=bucket.height,
            seed=recipe.seed,
            index=index,
            kinds=kinds,
            held_out=kinds > 1,
            placement_share=recipe.placement_share,
            steady=recipe.steady,
        )
        for index in count(bucket.pictures)
    )
    return list(islice(_without_twins(scenes, kinds), number))


def variations(scene: Scene, number: int, *, steady: bool = False) -> list[Scene]:
    """Scenes that a complete caption of this one-object scene tells just as well."""
    shown = scene.objects[0]
    is_placed = shown.small or shown.side is not None
    scenes = (
        sample_scene(
            (shown.concept,),
            width=scene.width,
            height=scene.height,
            seed=scene.seed,
            index=index,
            kinds=1,
            placement_share=float(is_placed),
            steady=steady,
        )
        for index in count()
    )
    alike = (
        other
        for other in _without_twins(scenes, 1)
        if (other.objects[0].small, other.objects[0].side) == (shown.small, shown.side)
    )
    return [
        dataclasses.replace(other, place=scene.place, weather=scene.weather, style=scene.style)
        for other in islice(alike, number)
    ]


def prompt_of(scene: Scene, language: Language, shape: Shape) -> Prompt:
    """A caption that names all of the scene, and the seed to draw it with."""
    rng = np.random.default_rng(scene.seed)
    text = write_caption(scene, language, rng, shape=shape, complete=True)
    return Prompt(text, scene.seed)


def render(scenes: Sequence[Scene], title: str) -> Pictures:
    bar = tqdm(scenes, title, unit="picture")
    return np.stack([np.asarray(draw_scene(scene)) for scene in bar])


def _without_twins(scenes: Iterator[Scene], kinds: int) -> Iterator[Scene]:
    return (scene for scene in scenes if len(scene.objects) == kinds)


def _digest(weights: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(weights.rglob("*.safetensors")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
