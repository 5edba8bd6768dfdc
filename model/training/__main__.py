"""Trains the bundled model: `python -m model.training --config small --out model/weights`.

Every stage leaves its result in the cache folder; run the same command again to go on. With
`--minutes` it stops by itself in good time, as if it had been interrupted, and that is a success.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path

import torch

from model.training.assets import fetch_materials, load_concepts
from model.training.config import RECIPES, Recipe
from model.training.recipe import train_pipeline
from model.training.stretch import OutOfTimeError, Stretch

CACHE = Path(".build/training")


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m model.training", description=__doc__)
    parser.add_argument("--config", choices=sorted(RECIPES), default="small")
    goal = parser.add_mutually_exclusive_group(required=True)
    goal.add_argument("--out", type=Path, help="pipeline folder to write")
    goal.add_argument(
        "--fetch", action="store_true", help="only fetch what npm has, for a machine without it"
    )
    parser.add_argument(
        "--cache", type=Path, default=CACHE, help="materials, pictures, checkpoints"
    )
    parser.add_argument(
        "--start-from",
        type=Path,
        metavar="FOLDER",
        help="pipeline whose weights to begin with",
    )
    parser.add_argument(
        "--keep",
        choices=("vae", "text"),
        action="append",
        default=[],
        help="leave this part as --start-from has it (may be given twice)",
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--minutes",
        type=_minutes,
        help="stop after so many, to be gone on with by the same command",
    )
    arguments = parser.parse_args(words)
    if arguments.keep and not arguments.start_from:
        parser.error("--keep needs --start-from")
    stretch = Stretch(arguments.minutes)
    torch.set_num_threads(arguments.threads)
    recipe = keeping(RECIPES[arguments.config], arguments.keep)
    materials = arguments.cache / "npm"
    if arguments.fetch:
        for path in fetch_materials(materials, recipe):
            print(path)
        return
    try:
        train_pipeline(
            recipe,
            load_concepts(materials, recipe),
            folder=arguments.cache / recipe.name,
            out=arguments.out,
            start=arguments.start_from,
            stretch=stretch,
        )
    except OutOfTimeError as stopped:
        print(f"Stopped after {arguments.minutes:g} minutes at {stopped}.")
        print("Run the same command again to go on.")
        return
    print(f"wrote {arguments.out}")


def keeping(recipe: Recipe, parts: Sequence[str]) -> Recipe:
    """The recipe without a step for these parts."""
    schedules = {f"{part}_schedule": getattr(recipe, f"{part}_schedule") for part in parts}
    return dataclasses.replace(
        recipe, **{name: dataclasses.replace(each, steps=0) for name, each in schedules.items()}
    )


def _minutes(text: str) -> float:
    minutes = float(text)
    if not 0 < minutes < math.inf:
        raise argparse.ArgumentTypeError("a number above 0")
    return minutes


if __name__ == "__main__":
    main()
