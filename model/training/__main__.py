"""Trains the bundled model: `python -m model.training --config small --out model/weights`.

Every stage leaves its result in the cache folder; run the same command again to go on.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from model.training.assets import load_concepts
from model.training.config import RECIPES
from model.training.recipe import STAGES, train_pipeline

CACHE = Path(".build/training")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m model.training", description=__doc__)
    parser.add_argument("--config", choices=sorted(RECIPES), default="small")
    goal = parser.add_mutually_exclusive_group(required=True)
    goal.add_argument("--out", type=Path, help="pipeline folder to write")
    goal.add_argument("--only", choices=sorted(STAGES), help="train one stage and write nothing")
    parser.add_argument(
        "--cache", type=Path, default=CACHE, help="materials, pictures, checkpoints"
    )
    parser.add_argument(
        "--start-from",
        type=Path,
        metavar="FOLDER",
        help="pipeline whose weights to begin with",
    )
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    recipe = RECIPES[arguments.config]
    train_pipeline(
        recipe,
        load_concepts(arguments.cache / "npm"),
        folder=arguments.cache / recipe.name,
        out=arguments.out,
        stages=frozenset({arguments.only}) if arguments.only else STAGES,
        start=arguments.start_from,
    )


if __name__ == "__main__":
    main()
