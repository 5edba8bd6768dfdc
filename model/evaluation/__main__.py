"""Judges the bundled model: `python -m model.evaluation --report docs/model-evaluation.md`.

A classifier that knows only rendered scenes names what the pipeline drew for captions that were
never trained on. Takes about ten minutes on two cores, most of it for drawing.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from model.evaluation.judging import evaluate
from model.evaluation.report import write_report
from model.training.assets import load_concepts
from model.training.config import RECIPES


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m model.evaluation", description=__doc__)
    parser.add_argument("--report", type=Path, default=Path("docs/model-evaluation.md"))
    parser.add_argument("--config", choices=sorted(RECIPES), default="small")
    parser.add_argument("--weights", type=Path, default=Path("model/weights"))
    parser.add_argument(
        "--cache", type=Path, default=Path(".build/training"), help="as given to model.training"
    )
    parser.add_argument(
        "--scenes", type=_even, default=240, help="scenes of one thing, drawn in each language"
    )
    parser.add_argument(
        "--pairs", type=_even, default=120, help="scenes of two things, half in each language"
    )
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    recipe = RECIPES[arguments.config]
    evaluation = evaluate(
        recipe,
        load_concepts(arguments.cache / "npm", recipe),
        weights=arguments.weights,
        folder=arguments.cache / recipe.name,
        scenes=arguments.scenes,
        pairs=arguments.pairs,
    )
    arguments.report.write_text(write_report(evaluation), "utf-8")
    print(f"wrote {arguments.report}")


def _even(text: str) -> int:
    number = int(text)
    if number < 4 or number % 2:
        raise argparse.ArgumentTypeError("an even number from 4 on")
    return number


if __name__ == "__main__":
    main()
