"""Korean and English captions of a scene, from single phrases to diary entries."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from model.training.scenes import Scene

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, ...] = ("en", "ko")
Shape = Literal["plain", "diary"]
SHAPES: tuple[Shape, ...] = ("plain", "diary")
# Particles after a final consonant, and after a vowel.
PARTICLES = {"을": ("을", "를"), "이": ("이", "가"), "와": ("과", "와")}
UNUSUAL_PLURALS = {"fish": "fish", "bunch of grapes": "bunches of grapes"}
FIRST_SYLLABLE, LAST_SYLLABLE = 0xAC00, 0xD7A3


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
    place = "" if skips_place else _pick(rng, words()["place"][language][scene.place])
    skips_weather = rng.random() < (0.5 if scene.weather == "sunny" else 0.05) and not complete
    names = _names(scene, language, rng)
    lot: Shape = "plain" if rng.random() < 0.5 else "diary"
    tell = _plain if (shape or lot) == "plain" else _diary
    text = tell(names, place, "" if skips_weather else scene.weather, language, rng)
    if rng.random() < 0.9 or complete:
        # The service appends the style in the same two ways.
        joint = " " if text.endswith((".", "!", "?")) else ", "
        text += joint + words()["style"][language][scene.style]
    return text


def _names(scene: Scene, language: Language, rng: np.random.Generator) -> list[str]:
    """What each kind of thing is called, with its article or number."""
    counts = Counter(placed.concept.body for placed in scene.objects)
    kinds = {placed.concept.body: placed.concept for placed in scene.objects}
    names = []
    for body, concept in kinds.items():
        name = _pick(rng, concept.names[language])
        if counts[body] == 2:
            name = f"two {plural(name)}" if language == "en" else f"{name} 두 {concept.counter}"
        elif language == "en":
            name = f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
        names.append(name)
    if rng.random() < 0.5:
        names.reverse()
    return names


def plural(name: str) -> str:
    """The English plural of a concept's name, by the rules that the recipe's names follow."""
    if name in UNUSUAL_PLURALS:
        return UNUSUAL_PLURALS[name]
    if name.endswith(("s", "x", "ch", "sh")):
        return f"{name}es"
    if name.endswith("y") and name[-2] not in "aeiou":
        return f"{name[:-1]}ies"
    return f"{name}s"


def with_particle(word: str, particle: str) -> str:
    """Join a Korean word and the form of the particle that its last sound asks for."""
    closed, open_ = PARTICLES[particle]
    last = ord(word[-1])
    has_final = FIRST_SYLLABLE <= last <= LAST_SYLLABLE and (last - FIRST_SYLLABLE) % 28 > 0
    return word + (closed if has_final else open_)


@cache
def common_syllables() -> tuple[str, ...]:
    """The 2,350 Hangul syllables of KS X 1001, which nearly all Korean text is made of."""
    return tuple(
        bytes((high, low)).decode("euc_kr")
        for high in range(0xB0, 0xC9)
        for low in range(0xA1, 0xFF)
    )


def _plain(
    names: list[str], place: str, weather: str, language: Language, rng: np.random.Generator
) -> str:
    phrase = _pick(rng, words()["weather_phrase"][language][weather]) if weather else ""
    return _fill(_pick(rng, words()["plain"][language]), names, place, phrase, language)


def _diary(
    names: list[str], place: str, weather: str, language: Language, rng: np.random.Generator
) -> str:
    sentences = [_fill(_pick(rng, words()["diary"][language]), names, place, "", language)]
    if weather:
        sentences.append(_pick(rng, words()["weather_sentence"][language][weather]))
    fillers = words()["filler"][language]
    for which in rng.choice(len(fillers), size=int(rng.integers(0, 3)), replace=False):
        sentences.append(fillers[int(which)])
    if rng.random() < 0.06:
        sentences.append(_gibberish(language, rng))
    if rng.random() < 0.4:
        rng.shuffle(sentences)
    return " ".join(sentences)


def _fill(template: str, names: list[str], place: str, weather: str, language: Language) -> str:
    if language == "en":
        objects = " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
    else:
        objects = " ".join([with_particle(name, "와") for name in names[:-1]] + names[-1:])
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
    return " ".join("".join(_pick(rng, letters) for _ in range(n)) for n in lengths) + "."


def _pick(rng: np.random.Generator, choices: Any) -> str:
    return str(choices[int(rng.integers(len(choices)))])
