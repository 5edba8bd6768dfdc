"""What the things of a scene are called: with article or number, and with size and side."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from model.training.scenes import Placed, Scene, Side

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, ...] = ("en", "ko")
# Particles after a final consonant, and after a vowel.
PARTICLES = {"을": ("을", "를"), "이": ("이", "가"), "와": ("과", "와")}
FIRST_SYLLABLE, LAST_SYLLABLE = 0xAC00, 0xD7A3
UNCHANGED = (
    "bison",
    "deer",
    "dice",
    "fish",
    "fried shrimp",
    "jellyfish",
    "moai",
    "moose",
    "pufferfish",
    "sheep",
    "shrimp",
    "squid",
)
PAIRS = (
    "ballet shoes",
    "chopsticks",
    "glasses",
    "gloves",
    "goggles",
    "headphones",
    "jeans",
    "maracas",
    "scissors",
    "shorts",
    "skis",
    "socks",
    "sunglasses",
)
# What comes in pieces: two of them are two of these.
PIECES = {
    "bacon": "strips",
    "blueberries": "bunches",
    "bread": "loaves",
    "broccoli": "heads",
    "bubble tea": "cups",
    "butter": "sticks",
    "cheese": "pieces",
    "cherries": "bunches",
    "chocolate": "bars",
    "coffee": "cups",
    "coral": "pieces",
    "corn": "ears",
    "curry": "plates",
    "french fries": "packets",
    "garlic": "heads",
    "honey": "jars",
    "meat": "pieces",
    "nesting dolls": "sets",
    "noodles": "bowls",
    "pancakes": "stacks",
    "pasta": "plates",
    "popcorn": "boxes",
    "ramen": "bowls",
    "shaved ice": "cups",
    "soap": "bars",
    "soda": "cups",
    "spaghetti": "plates",
    "sushi": "pieces",
}
UNUSUAL_PLURALS = {
    **{name: name for name in UNCHANGED},
    **{name: f"pairs of {name}" for name in PAIRS},
    **{name: f"{pieces} of {name}" for name, pieces in PIECES.items()},
    "bow and arrow": "bows and arrows",
    "goose": "geese",
    "maple leaf": "maple leaves",
    "mouse": "mice",
    "potato": "potatoes",
    "scarf": "scarves",
    "superhero": "superheroes",
    "sweet potato": "sweet potatoes",
    "tomato": "tomatoes",
    "volcano": "volcanoes",
    "wolf": "wolves",
}


@dataclass(frozen=True)
class Name:
    """What a caption calls one kind of thing, and the side that it tells of it."""

    text: str
    side: str = ""


@cache
def placements() -> dict[str, Any]:
    """The words for sizes and sides in placements.json."""
    path = Path(__file__).with_name("placements.json")
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document


def name_things(scene: Scene, language: Language, rng: np.random.Generator) -> list[Name]:
    """The kinds of things in the scene, in either order."""
    counts = Counter(placed.concept.body for placed in scene.objects)
    kinds = {placed.concept.body: placed for placed in scene.objects}
    names = [
        Name(_name(placed, counts[body] == 2, language, rng), _side(placed.side, language, rng))
        for body, placed in kinds.items()
    ]
    if rng.random() < 0.5:
        names.reverse()
    return names


def plural(name: str) -> str:
    """The English plural of a concept's name, by the rules that the recipe's names follow."""
    if name in UNUSUAL_PLURALS:
        return UNUSUAL_PLURALS[name]
    if " of " in name:
        container, content = name.split(" of ", 1)
        return f"{plural(container)} of {content}"
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


def pick(rng: np.random.Generator, choices: Any) -> str:
    return str(choices[int(rng.integers(len(choices)))])


def _name(placed: Placed, twice: bool, language: Language, rng: np.random.Generator) -> str:
    concept = placed.concept
    name = pick(rng, concept.names[language])
    if twice:
        return f"two {plural(name)}" if language == "en" else f"{name} 두 {concept.counter}"
    if placed.small:
        name = f"{pick(rng, placements()['small'][language])} {name}"
    if language == "ko":
        return name
    article = "an" if name[0] in "aeiou" else "a"
    if concept.article is not None and not (placed.small and concept.article):
        article = concept.article
    return f"{article} {name}".strip()


def _side(side: Side | None, language: Language, rng: np.random.Generator) -> str:
    return pick(rng, placements()["side"][language][side]) if side else ""
