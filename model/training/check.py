"""A quick objective check: `python -m model.training.check`.

A small classifier learns the concepts from rendered one-object scenes and then names what the
bundled pipeline drew. Its own score on unseen renders is the ceiling; shuffled prompts are the
floor. It measures recognisability only, not places, styles or two objects.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional
from tqdm import tqdm

from model.training.assets import Concept, load_concepts
from model.training.autoencoder import to_tensor
from model.training.captions import LANGUAGES, Language, write_caption
from model.training.config import RECIPES, Recipe
from model.training.dataset import render_bucket, scene_of
from model.training.drawing import draw_scene
from model.training.scenes import Scene

STEPS, BATCH, RATE = 700, 64, 2e-3
HELD_OUT = 600
CPU = torch.device("cpu")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m model.training.check", description=__doc__)
    parser.add_argument("--config", choices=sorted(RECIPES), default="small")
    parser.add_argument("--weights", type=Path, default=Path("model/weights"))
    parser.add_argument("--cache", type=Path, default=Path(".build/training"))
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    recipe = RECIPES[arguments.config]
    concepts = load_concepts(arguments.cache / "npm")
    pictures = render_bucket(concepts, recipe, recipe.buckets[0], arguments.cache / recipe.name)
    classifier = _train_classifier(recipe, concepts, pictures)
    scenes = _unseen_scenes(recipe, concepts)
    truth = torch.tensor([concepts.index(scene.objects[0].concept) for scene in scenes])
    renders = np.stack([np.asarray(draw_scene(scene)) for scene in tqdm(scenes, "render")])
    print(f"unseen renders: {_score(classifier, renders, truth)}")
    for language in LANGUAGES:
        drawn = _draw(arguments.weights, scenes, language)
        print(f"drawn, {language}: {_score(classifier, drawn, truth)}")
        print(f"drawn, {language}, shuffled: {_score(classifier, drawn, truth.roll(1))}")


def _train_classifier(
    recipe: Recipe, concepts: tuple[Concept, ...], pictures: NDArray[np.uint8]
) -> nn.Module:
    scenes = [scene_of(concepts, recipe, recipe.buckets[0], i) for i in range(len(pictures))]
    single = np.array([i for i, scene in enumerate(scenes) if len(scene.objects) == 1])
    labels = torch.tensor([concepts.index(scenes[i].objects[0].concept) for i in single])
    torch.manual_seed(recipe.seed)
    layers: list[nn.Module] = []
    for inputs, outputs in ((3, 24), (24, 48), (48, 96), (96, 128)):
        layers += [nn.Conv2d(inputs, outputs, 3, 2, 1), nn.BatchNorm2d(outputs), nn.ReLU()]
    classifier = nn.Sequential(
        *layers, nn.Flatten(), nn.Dropout(0.3), nn.Linear(128 * 16, len(concepts))
    )
    optimizer = torch.optim.AdamW(classifier.parameters(), lr=RATE, weight_decay=0.02)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=STEPS)
    rng = np.random.default_rng(recipe.seed)
    for _ in tqdm(range(STEPS), "train classifier"):
        batch = rng.integers(len(single), size=BATCH)
        logits = classifier(to_tensor(pictures[single[batch]], CPU))
        functional.cross_entropy(logits, labels[batch]).backward()
        optimizer.step()
        rate.step()
        optimizer.zero_grad()
    return classifier.eval()


def _unseen_scenes(recipe: Recipe, concepts: tuple[Concept, ...]) -> list[Scene]:
    bucket = recipe.buckets[0]
    after = range(bucket.pictures, bucket.pictures + HELD_OUT)
    scenes = [scene_of(concepts, recipe, bucket, index) for index in after]
    return [scene for scene in scenes if len(scene.objects) == 1]


def _draw(weights: Path, scenes: list[Scene], language: Language) -> NDArray[np.uint8]:
    settings = json.loads((weights / "deepstory.json").read_text("utf-8"))
    pipeline = StableDiffusionPipeline.from_pretrained(
        weights, dtype=torch.float32, local_files_only=True
    )
    pipeline.set_progress_bar_config(disable=True)
    width, height = settings["sizes"]["1:1"]
    drawn = []
    for start in tqdm(range(0, len(scenes), 16), f"draw {language}"):
        batch = scenes[start : start + 16]
        prompts = [write_caption(s, language, np.random.default_rng(s.seed)) for s in batch]
        pictures = pipeline(
            prompts,
            width=width,
            height=height,
            num_inference_steps=settings["default_steps"],
            guidance_scale=settings["default_guidance_scale"],
            generator=[torch.Generator().manual_seed(scene.seed) for scene in batch],
        ).images
        drawn += [np.asarray(picture) for picture in pictures]
    return np.stack(drawn)


def _score(classifier: nn.Module, pictures: NDArray[np.uint8], truth: torch.Tensor) -> str:
    with torch.no_grad():
        ranked = classifier(to_tensor(pictures, CPU)).argsort(dim=1, descending=True)
    hits = ranked[:, :5] == truth[:, None]
    first, five = float(hits[:, 0].float().mean()), float(hits.any(dim=1).float().mean())
    return f"top-1 {first:.1%}, top-5 {five:.1%} of {len(truth)}"


if __name__ == "__main__":
    main()
