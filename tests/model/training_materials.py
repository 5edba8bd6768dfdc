"""Concepts for tests: the recipe's real names with plain shapes, so that nothing is fetched."""

import json
from pathlib import Path
from typing import Any

import model.training
from model.training.assets import Concept
from model.training.config import SMALL, Recipe

SHAPES = (
    '<circle cx="16" cy="16" r="15" fill="#e33"/>',
    '<rect width="32" height="32" fill="#36c"/>',
    '<path d="M16 0L32 32H0z" fill="#2a2"/>',
)


def real_entries(recipe: Recipe = SMALL) -> list[dict[str, Any]]:
    path = Path(model.training.__file__).with_name(recipe.concepts)
    entries: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return entries


def plain_concepts(recipe: Recipe = SMALL) -> tuple[Concept, ...]:
    return tuple(
        Concept(
            # A concept is known by its drawing, so that no two may be the same.
            body=f'<g id="c{number}">{SHAPES[number % len(SHAPES)]}</g>',
            names={language: tuple(entry[language]) for language in ("en", "ko")},
            in_air=bool(entry.get("air")),
            counter=entry.get("counter", "개"),
            article=entry.get("article"),
            others=tuple(
                f'<g id="c{number}-{other}">{SHAPES[(number + 1) % len(SHAPES)]}</g>'
                for other in recipe.drawings[1:]
            ),
        )
        for number, entry in enumerate(real_entries(recipe))
    )
