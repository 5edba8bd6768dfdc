"""Korean and English captions of a scene, from single phrases to diary entries."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from model.training.naming import (
    LANGUAGES,
    PARTICLES,
    Language,
    Name,
    name_things,
    pick,
    placements,
    with_particle,
)
from model.training.scenes import Scene

__all__ = ["LANGUAGES", "SHAPES", "Language", "Shape", "common_syllables", "words", "write_caption"]
Shape = Literal["plain", "diary"]
SHAPES: tuple[Shape, ...] = ("plain", "diary")


@cache
def words() -> dict[str, Any]:
    """The phrases and sentence shapes of words.json."""
    document: dict[str, Any] = json.loads((Path(__file__).parent / "words.json").read_text("utf-8"))
    return document


def write_caption(
    scene: Scene,
    language: Language,
    rng: np.random.Generator,
    *,
    shape: Shape | None = None,
    complete: bool = False,
) -> str:
    """Tell a scene in one of many ways: all objects are named, place, weather and style mostly.

    A `shape` fixes the way, and a `complete` caption leaves nothing out.
    """
    skips_place = rng.random() < 0.12 and not complete
    place = "" if skips_place else pick(rng, words()["place"][language][scene.place])
    skips_weather = rng.random() < (0.5 if scene.weather == "sunny" else 0.05) and not complete
    names = name_things(scene, language, rng)
    lot: Shape = "plain" if rng.random() < 0.5 else "diary"
    tell = _plain if (shape or lot) == "plain" else _diary
    text = tell(names, place, "" if skips_weather else scene.weather, language, rng)
    if rng.random() < 0.9 or complete:
        # The service appends the style in the same two ways.
        joint = " " if text.endswith((".", "!", "?")) else ", "
        text += joint + words()["style"][language][scene.style]
    return text


@cache
def common_syllables() -> tuple[str, ...]:
    """The 2,350 Hangul syllables of KS X 1001, which nearly all Korean text is made of."""
    return tuple(
        bytes((high, low)).decode("euc_kr")
        for high in range(0xB0, 0xC9)
        for low in range(0xA1, 0xFF)
    )


def _plain(
    names: list[Name], place: str, weather: str, language: Language, rng: np.random.Generator
) -> str:
    phrase = pick(rng, words()["weather_phrase"][language][weather]) if weather else ""
    return _fill(pick(rng, _shapes("plain", names, language)), names, place, phrase, language)


def _diary(
    names: list[Name], place: str, weather: str, language: Language, rng: np.random.Generator
) -> str:
    template = pick(rng, _shapes("diary", names, language))
    sentences = [_fill(template, names, place, "", language)]
    if weather:
        sentences.append(pick(rng, words()["weather_sentence"][language][weather]))
    fillers = words()["filler"][language]
    for which in rng.choice(len(fillers), size=int(rng.integers(0, 3)), replace=False):
        sentences.append(fillers[int(which)])
    if rng.random() < 0.06:
        sentences.append(_gibberish(language, rng))
    if rng.random() < 0.4:
        rng.shuffle(sentences)
    return " ".join(sentences)


def _shapes(shape: Shape, names: list[Name], language: Language) -> list[str]:
    """Korean puts a side before the place's verb, so that such sentences are shaped otherwise."""
    source = placements() if language == "ko" and names[0].side else words()
    shapes: list[str] = source[shape][language]
    return shapes


def _fill(template: str, names: list[Name], place: str, weather: str, language: Language) -> str:
    if language == "en":
        told = [f"{name.text} {name.side}".strip() for name in names]
        objects = " and ".join([", ".join(told[:-1]), told[-1]] if told[1:] else told)
    else:
        told = [f"{name.side}에 있는 {name.text}" if name.side else name.text for name in names]
        objects = " ".join([with_particle(name, "와") for name in told[:-1]] + told[-1:])
        located = [f"{name.side}에 {name.text}" for name in names]
        template = template.replace("{located}", ", ".join(located))
        subjects = ", ".join(with_particle(name, "이") for name in located)
        template = template.replace("{located:이}", subjects)
    if not place:
        template = re.sub(r"\{place\}(에서|에 가서|에 갔는데|에 있는|에|의)?", "", template)
    for particle in PARTICLES:
        template = template.replace(f"{{objects:{particle}}}", with_particle(objects, particle))
    text = template.format(objects=objects, place=place, weather=weather)
    text = re.sub(r"\s+", " ", text).strip(" ,")
    return re.sub(r"\s*,(\s*,)+", ",", text).replace(" ,", ",").replace(" .", ".")


def _gibberish(language: Language, rng: np.random.Generator) -> str:
    """A sentence of unknown words, so that what the model does not know is passed over."""
    letters = "abcdefghijklmnopqrstuvwxyz" if language == "en" else common_syllables()
    lengths = rng.integers(1, 5, size=int(rng.integers(2, 5)))
    return " ".join("".join(pick(rng, letters) for _ in range(n)) for n in lengths) + "."
