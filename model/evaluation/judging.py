"""The evaluation from end to end: learn to judge, draw, render, judge."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from model.evaluation import classifier as judge
from model.evaluation.classifier import Classifier, Head, Pictures, Scores, train_classifier
from model.evaluation.drawing import (
    Pipeline,
    Prompt,
    prompt_of,
    render,
    unseen_scenes,
    variations,
)
from model.evaluation.measures import (
    Share,
    chance,
    find_labels,
    nearest_distances,
    own_captions,
    pairwise_distance,
    shuffled_captions,
    thumbnails,
)
from model.training.assets import Concept
from model.training.captions import LANGUAGES, SHAPES, Language
from model.training.config import Recipe
from model.training.dataset import render_bucket, scene_of
from model.training.networks import choose_device
from model.training.scenes import Scene

LANGUAGE_NAMES: dict[Language, str] = {"en": "English", "ko": "Korean"}
SHAPE_NAMES = {"plain": "phrases", "diary": "diary sentences"}
SEEDS = 4
SCENES_PER_DIVERSITY_PROMPT = 15


@dataclass(frozen=True)
class Row:
    """One thing judged: pictures drawn for captions, next to renders of the same scenes."""

    title: str
    drawn: Share
    renders: Share
    shuffled: float
    chance: float


@dataclass(frozen=True)
class Comparison:
    """The same number of drawn pictures and of renders."""

    title: str
    drawn: float
    renders: float


@dataclass(frozen=True)
class Evaluation:
    recipe: Recipe
    pipeline: Pipeline
    concepts: int
    rows: list[Row] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.seconds[stage] = self.seconds.get(stage, 0) + time.monotonic() - started


@dataclass(frozen=True)
class Group:
    """Scenes with the scores of their drawn pictures and of their renders."""

    scenes: Sequence[Scene]
    drawn: Scores
    renders: Scores

    def part(self, rows: slice) -> Group:
        return Group(
            self.scenes[rows],
            {head: scores[rows] for head, scores in self.drawn.items()},
            {head: scores[rows] for head, scores in self.renders.items()},
        )


def evaluate(
    recipe: Recipe,
    concepts: tuple[Concept, ...],
    *,
    weights: Path,
    folder: Path,
    scenes: int,
    pairs: int,
) -> Evaluation:
    """Judge the weights on so many scenes per language, and pairs in both languages together.

    `folder` is the recipe's in the training's cache; its pictures are rendered if they are not
    there. The same arguments give the same numbers on the same machine and thread count.
    """
    device = choose_device()
    pipeline = Pipeline(weights, recipe, concepts, device)
    evaluation = Evaluation(recipe, pipeline, len(concepts))
    with evaluation.timed("classifier"):
        bucket = recipe.buckets[0]
        known = render_bucket(concepts, recipe, bucket, folder)
        shown = [scene_of(concepts, recipe, bucket, index) for index in range(len(known))]
        classifier = train_classifier(
            concepts, shown, known, size=recipe.judge, seed=recipe.seed, device=device
        )
    singles = unseen_scenes(concepts, recipe, scenes, kinds=1)
    renders, drawn = _judge_singles(evaluation, classifier, singles)
    _judge_pairs(evaluation, classifier, unseen_scenes(concepts, recipe, pairs, kinds=2))
    _compare_seeds(evaluation, singles[: max(2, scenes // SCENES_PER_DIVERSITY_PROMPT)])
    with evaluation.timed("nearest"):
        _compare_nearest(evaluation, known, drawn, renders)
    return evaluation


def judge_rows(
    title: str, head: Head, first: int, group: Group, concepts: tuple[Concept, ...]
) -> Row:
    """Judge by the `first` best scored choices of one head."""
    labels = judge.labels_of(head, group.scenes, concepts)
    found = find_labels(group.drawn[head], labels, first)
    choices = group.drawn[head].shape[1]
    return Row(
        title,
        drawn=own_captions(found),
        renders=own_captions(find_labels(group.renders[head], labels, first)),
        shuffled=shuffled_captions(found),
        chance=chance(choices, labels.shape[1], first),
    )


def _judge_singles(
    evaluation: Evaluation, classifier: Classifier, scenes: list[Scene]
) -> tuple[Pictures, Pictures]:
    with evaluation.timed("renders"):
        renders = render(scenes, "render one object")
    render_scores = classifier.score(renders)
    drawn = []
    surroundings = []
    for language in LANGUAGES:
        name = LANGUAGE_NAMES[language]
        shapes = [SHAPES[number % len(SHAPES)] for number in range(len(scenes))]
        prompts = [
            prompt_of(scene, language, shape) for scene, shape in zip(scenes, shapes, strict=True)
        ]
        with evaluation.timed("drawing"):
            drawn.append(evaluation.pipeline.draw(prompts, f"draw one object, {name}"))
        group = Group(scenes, classifier.score(drawn[-1]), render_scores)
        parts = {"": group}
        for number, shape in enumerate(SHAPES):
            part = group.part(slice(number, None, len(SHAPES)))
            parts[f", {SHAPE_NAMES[shape]}"] = part
        for ending, part in parts.items():
            for first in (1, 5):
                title = f"one object, {name}{ending}, top-{first}"
                row = judge_rows(title, "object", first, part, classifier.concepts)
                evaluation.rows.append(row)
        surroundings += [
            judge_rows(f"{head}, {name}", head, 1, group, classifier.concepts)
            for head in judge.SURROUNDINGS
        ]
    evaluation.rows.extend(surroundings)
    return renders, np.concatenate(drawn)


def _judge_pairs(evaluation: Evaluation, classifier: Classifier, scenes: list[Scene]) -> None:
    for number, language in enumerate(LANGUAGES):
        name = LANGUAGE_NAMES[language]
        told = scenes[number :: len(LANGUAGES)]
        with evaluation.timed("renders"):
            renders = classifier.score(render(told, "render two objects"))
        prompts = [
            prompt_of(scene, language, SHAPES[index % len(SHAPES)])
            for index, scene in enumerate(told)
        ]
        with evaluation.timed("drawing"):
            drawn = evaluation.pipeline.draw(prompts, f"draw two objects, {name}")
        group = Group(told, classifier.score(drawn), renders)
        title = f"two objects that never met in training, {name}, both found"
        evaluation.rows.append(judge_rows(title, "object", 2, group, classifier.concepts))


def _compare_seeds(evaluation: Evaluation, scenes: list[Scene]) -> None:
    prompts = []
    for number, scene in enumerate(scenes):
        language = LANGUAGES[number % len(LANGUAGES)]
        prompt = prompt_of(scene, language, SHAPES[number // 2 % len(SHAPES)])
        prompts += [Prompt(prompt.text, prompt.seed + seed) for seed in range(SEEDS)]
    with evaluation.timed("drawing"):
        drawn = evaluation.pipeline.draw(prompts, "draw other seeds")
    with evaluation.timed("renders"):
        steady = evaluation.recipe.steady
        others = [other for scene in scenes for other in variations(scene, SEEDS, steady=steady)]
        renders = render(others, "render variations")
    evaluation.comparisons.append(
        Comparison(
            f"difference between {SEEDS} seeds of one caption, mean of {len(scenes)} captions "
            "(pixel values, 0 to 255)",
            drawn=_mean_distance_of_seeds(drawn),
            renders=_mean_distance_of_seeds(renders),
        )
    )


def _mean_distance_of_seeds(pictures: Pictures) -> float:
    groups = range(0, len(pictures), SEEDS)
    return float(np.mean([pairwise_distance(pictures[at : at + SEEDS]) for at in groups]))


def _compare_nearest(
    evaluation: Evaluation, known: Pictures, drawn: Pictures, renders: Pictures
) -> None:
    training = thumbnails(known, "thumbnails")
    distances = [nearest_distances(thumbnails(pictures), training) for pictures in (drawn, renders)]
    for title, measure in (("median", torch.median), ("smallest", torch.min)):
        of_drawn, of_renders = (float(measure(distance)) for distance in distances)
        evaluation.comparisons.append(
            Comparison(
                f"distance to the nearest training picture, {title} (16 x 16 mean colours, 0 to 1)",
                drawn=of_drawn,
                renders=of_renders,
            )
        )
