"""What a training picture shows, drawn by lot from a seed: the truth that captions tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from model.training.assets import Concept

Place = Literal["beach", "mountain", "park", "forest", "street", "room", "school"]
Weather = Literal["sunny", "cloudy", "rain", "snow", "night", "sunset"]
Style = Literal["crayon", "watercolor", "pencil", "flat"]

PLACES: tuple[Place, ...] = ("beach", "mountain", "park", "forest", "street", "room", "school")
WEATHERS: tuple[Weather, ...] = ("sunny", "cloudy", "rain", "snow", "night", "sunset")
WEATHER_SHARES = (0.34, 0.1, 0.16, 0.16, 0.14, 0.1)
STYLES: tuple[Style, ...] = ("crayon", "watercolor", "pencil", "flat")
STYLE_SHARES = (0.35, 0.25, 0.15, 0.25)


@dataclass(frozen=True)
class Placed:
    """A concept at a spot: centre and size in parts of the picture's width and height."""

    concept: Concept
    x: float
    y: float
    size: float
    tilt: float
    mirrored: bool


@dataclass(frozen=True)
class Scene:
    width: int
    height: int
    place: Place
    weather: Weather
    style: Style
    objects: tuple[Placed, ...]
    seed: int


def sample_scene(
    concepts: tuple[Concept, ...], *, width: int, height: int, seed: int, index: int
) -> Scene:
    """The scene number `index` of a seed; always the same one."""
    rng = np.random.default_rng([seed, width, height, index])
    count = 2 if rng.random() < 0.25 else 1
    chosen = rng.choice(len(concepts), size=count, replace=False)
    objects = tuple(
        _place(rng, concepts[int(which)], slot, count, width / height)
        for slot, which in enumerate(chosen)
    )
    return Scene(
        width=width,
        height=height,
        place=PLACES[int(rng.integers(len(PLACES)))],
        weather=WEATHERS[int(rng.choice(len(WEATHERS), p=WEATHER_SHARES))],
        style=STYLES[int(rng.choice(len(STYLES), p=STYLE_SHARES))],
        objects=objects,
        seed=int(rng.integers(2**31)),
    )


def _place(
    rng: np.random.Generator, concept: Concept, slot: int, count: int, ratio: float
) -> Placed:
    if count == 1:
        size, x = rng.uniform(0.52, 0.7), rng.uniform(0.42, 0.58)
    else:
        size, x = rng.uniform(0.42, 0.5), (0.27, 0.73)[slot] + rng.uniform(-0.03, 0.03)
    if ratio < 1:
        size *= ratio * 1.1
    half = size / 2
    y = rng.uniform(half + 0.03, 0.52) if concept.in_air else rng.uniform(0.86, 0.96) - half
    return Placed(concept, x, y, size, rng.uniform(-6, 6), bool(rng.random() < 0.5))
