"""What a training picture shows, drawn by lot from a seed: the truth that captions tell."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from model.training.assets import Concept

Place = Literal["beach", "mountain", "park", "forest", "street", "room", "school"]
Weather = Literal["sunny", "cloudy", "rain", "snow", "night", "sunset"]
Style = Literal["crayon", "watercolor", "pencil", "flat"]
Side = Literal["left", "right"]

PLACES: tuple[Place, ...] = ("beach", "mountain", "park", "forest", "street", "room", "school")
WEATHERS: tuple[Weather, ...] = ("sunny", "cloudy", "rain", "snow", "night", "sunset")
WEATHER_SHARES = (0.34, 0.1, 0.16, 0.16, 0.14, 0.1)
STYLES: tuple[Style, ...] = ("crayon", "watercolor", "pencil", "flat")
STYLE_SHARES = (0.28, 0.24, 0.14, 0.34)
# How many kinds of things a picture shows, and how often the only kind stands there twice.
KIND_SHARES = (0.76, 0.2, 0.04)
TWIN_SHARE = 0.08
# One pair of things in so many never stands in a training picture, to be judged with.
HELD_OUT_PAIRS = 5
# A latent stands for so many pixels in both directions.
PATCH = 8
SIDES: tuple[Side, ...] = ("left", "right")
# How the only thing may be placed: whether it is small, and at which side it stands.
PLACEMENTS: tuple[tuple[bool, Side | None], ...] = (
    (True, None),
    (False, "left"),
    (False, "right"),
    (True, "left"),
    (True, "right"),
)
# Which drawings and placements are chosen has its own chance, apart from all the rest.
ARRANGING = 1


@dataclass(frozen=True)
class Placed:
    """A concept at a spot: centre and size in parts of the picture's width and height.

    `drawing` is which of the concept's drawings is shown. What is `small` or has a `side` is told
    so by captions.
    """

    concept: Concept
    x: float
    y: float
    size: float
    tilt: float
    mirrored: bool
    drawing: int = 0
    small: bool = False
    side: Side | None = None


@dataclass(frozen=True)
class Scene:
    """All that a picture shows; in a `steady` one the sun and a room's window have fixed sides."""

    width: int
    height: int
    place: Place
    weather: Weather
    style: Style
    objects: tuple[Placed, ...]
    seed: int
    steady: bool = False


def sample_scene(
    concepts: tuple[Concept, ...],
    *,
    width: int,
    height: int,
    seed: int,
    index: int,
    kinds: int | None = None,
    held_out: bool = False,
    placement_share: float = 0.0,
    steady: bool = False,
) -> Scene:
    """The scene number `index` of a seed; always the same one.

    It shows things of so many `kinds`, or as many as the lot says. Two kinds that form a held-out
    pair meet only where `held_out` is set, and then two kinds always form one. In a share of the
    scenes captions tell placements: one thing is small or at a side, or two are left and right.
    In `steady` scenes so many things always stand in the same spots, upright and unmirrored.
    """
    rng = np.random.default_rng([seed, width, height, index])
    kinds = kinds or 1 + int(rng.choice(len(KIND_SHARES), p=KIND_SHARES))
    chosen = [concepts[which] for which in _kinds(concepts, kinds, held_out, rng)]
    if kinds == 1 and rng.random() < TWIN_SHARE:
        chosen *= 2
    objects = tuple(
        _place(rng, concept, slot, len(chosen), width / height)
        for slot, concept in enumerate(chosen)
    )
    scene = Scene(
        width=width,
        height=height,
        place=PLACES[int(rng.integers(len(PLACES)))],
        weather=WEATHERS[int(rng.choice(len(WEATHERS), p=WEATHER_SHARES))],
        style=STYLES[int(rng.choice(len(STYLES), p=STYLE_SHARES))],
        objects=objects,
        seed=int(rng.integers(2**31)),
    )
    if placement_share or any(concept.others for concept in chosen):
        rng = np.random.default_rng([seed, width, height, index, ARRANGING])
        scene = _arrange(scene, placement_share, rng)
    if steady:
        things = tuple(
            _settle(placed, slot, len(chosen), width, height)
            for slot, placed in enumerate(scene.objects)
        )
        scene = replace(scene, objects=things, steady=True)
    return scene


def is_held_out(one: Concept, other: Concept) -> bool:
    """Tell whether these two things never meet in training, whatever order they are given in."""
    names = sorted((one.names["en"][0], other.names["en"][0]))
    return zlib.crc32("+".join(names).encode()) % HELD_OUT_PAIRS == 0


def _kinds(
    concepts: tuple[Concept, ...], count: int, held_out: bool, rng: np.random.Generator
) -> list[int]:
    while True:
        chosen = [int(which) for which in rng.choice(len(concepts), size=count, replace=False)]
        pairs = [
            is_held_out(concepts[one], concepts[other])
            for number, one in enumerate(chosen)
            for other in chosen[:number]
        ]
        if all(pair == held_out for pair in pairs):
            return chosen


def _arrange(scene: Scene, share: float, rng: np.random.Generator) -> Scene:
    """Choose drawings, and in a share of the scenes a placement for captions to tell."""
    things = [
        replace(placed, drawing=int(rng.integers(len(placed.concept.drawings))))
        for placed in scene.objects
    ]
    kinds = len({placed.concept.body for placed in things})
    if kinds == len(things) <= len(SIDES) and rng.random() < share:
        if kinds == 1:
            small, side = PLACEMENTS[int(rng.integers(len(PLACEMENTS)))]
            things = [_move(things[0], small, side, scene.width / scene.height, rng)]
        else:
            things = [replace(one, side=side) for one, side in zip(things, SIDES, strict=True)]
    return replace(scene, objects=tuple(things))


def _move(
    placed: Placed, small: bool, side: Side | None, ratio: float, rng: np.random.Generator
) -> Placed:
    size = rng.uniform(0.28, 0.38) if small else rng.uniform(0.43, 0.5)
    size *= min(1.0, ratio * 1.1)
    half = size / 2 / ratio
    x = rng.uniform(max(half, 0.18), 0.29) if side else rng.uniform(0.38, 0.62)
    x = 1 - x if side == "right" else x
    y = _stand(rng, placed.concept, size)
    return replace(placed, x=x, y=y, size=size, small=small, side=side)


def _settle(placed: Placed, slot: int, count: int, width: int, height: int) -> Placed:
    """Give a thing the spot of its slot, on the grid of the VAE's patches.

    What a caption leaves open a small network answers with the mean of all answers, a blot. With
    spot, size and side settled, a drawing has the same latents whenever it is shown.
    """
    size = max(1, round((0.74, 0.5, 0.36)[count - 1] * min(width, height) / PATCH)) * PATCH
    middle = (2 * slot + 1) / (2 * count) * width
    left = round((middle - size / 2) / PATCH) * PATCH
    top = PATCH if placed.concept.in_air else height - PATCH - size
    x, y = (left + size / 2) / width, (top + size / 2) / height
    return replace(placed, x=x, y=y, size=size / height, tilt=0.0, mirrored=False)


def _place(
    rng: np.random.Generator, concept: Concept, slot: int, count: int, ratio: float
) -> Placed:
    if count == 1:
        size, x = rng.uniform(0.64, 0.82), rng.uniform(0.44, 0.56)
    elif count == 2:
        size, x = rng.uniform(0.43, 0.5), (0.27, 0.73)[slot] + rng.uniform(-0.03, 0.03)
    else:
        size, x = rng.uniform(0.31, 0.35), (0.18, 0.5, 0.82)[slot] + rng.uniform(-0.02, 0.02)
    if ratio < 1:
        size *= ratio * 1.1
    y = _stand(rng, concept, size)
    return Placed(concept, x, y, size, rng.uniform(-6, 6), bool(rng.random() < 0.5))


def _stand(rng: np.random.Generator, concept: Concept, size: float) -> float:
    half = size / 2
    return rng.uniform(half + 0.03, 0.52) if concept.in_air else rng.uniform(0.88, 0.97) - half
