"""The evaluation as a Markdown document."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import torch

from model.evaluation.judging import Comparison, Evaluation, Row
from model.evaluation.measures import Share

PACKAGES = ("torch", "diffusers", "transformers", "numpy", "resvg-py")

HEAD = """\
# How well the bundled model draws

Written by `python -m model.evaluation`; run it again instead of editing this file.
How the model is trained, and what from, is told in [model-training.md](model-training.md).
"""

METHOD = """\
## How it is judged

A small classifier learns objects, places, weathers and styles from the rendered training pictures
alone, and then names what the pipeline drew. The scenes are numbered after the training pictures,
so that neither the model nor the classifier saw them, and two objects are always a pair that never
stands in one training picture. Every caption names the object, place, weather and style; half are
phrases, half diary sentences with filler. Each picture is drawn once, and none is left out.

- **drawn**: how often the classifier finds in the picture what its caption says, with the 95 %
  interval of Wilson.
- **renders**: the same for real renders of the same scenes, the ceiling: what the classifier misses
  there is its own mistake.
- **shuffled**: the drawn pictures against the captions of all the others. It has to be near
  **chance**, blind guessing, for objects and places; weathers and styles are not equally frequent,
  so theirs may lie somewhat higher.
"""

LIMITS = """\
Pictures of one caption that differ as much as renders do show that seeds matter. A median distance
to the training pictures far below that of unseen renders would speak for copying; blur alone also
makes it smaller.

## What this does not tell

- The classifier also goes by colours, which flatters blurred pictures: it finds more than a person
  would.
- Where the recipe's scenes are steady, things stand in settled spots for the model and the judge
  alike: easier for both than scenes in which they stand anywhere, so that figures of the two kinds
  must not be compared.
- The captions come from the recipe's own sentences, although the scenes are new: what people write
  freely is harder.
- Nobody's taste is asked: a recognisable picture may still be ugly.
"""


def write_report(evaluation: Evaluation) -> str:
    sections = (HEAD, _circumstances(evaluation), METHOD, _rows(evaluation.rows))
    return "\n".join((*sections, _comparisons(evaluation.comparisons), LIMITS))


def _circumstances(evaluation: Evaluation) -> str:
    recipe, settings = evaluation.recipe, evaluation.pipeline.settings
    bucket = recipe.buckets[0]
    packages = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    seconds = sum(evaluation.seconds.values())
    stages = ", ".join(f"{stage} {took:.0f} s" for stage, took in evaluation.seconds.items())
    facts = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {torch.get_num_threads()} threads"
        + (f", {torch.cuda.get_device_name()}" if torch.cuda.is_available() else ""),
        "versions": f"Python {platform.python_version()}, {packages}",
        "weights": f"{settings['name']}, {evaluation.pipeline.digest} (SHA-256 of its tensors)",
        "pictures": f"{bucket.width} x {bucket.height}, {evaluation.concepts} concepts, "
        f"{settings['default_steps']} steps, guidance {settings['default_guidance_scale']:g}",
        "seeds": f"scenes and classifier {recipe.seed}; scenes numbered from {bucket.pictures}; "
        "every picture is drawn with its scene's own seed",
        "classifier": f"{recipe.judge.steps} steps on {bucket.pictures} training pictures",
        "time": f"{seconds / 60:.1f} minutes: {stages}",
    }
    return _table(("", ""), [[name, value] for name, value in facts.items()])


def _rows(rows: list[Row]) -> str:
    head = ("judged", "drawn", "95 % interval", "renders", "shuffled", "chance", "pictures")
    cells = [
        [
            row.title,
            f"**{_percent(row.drawn.rate)}**",
            _interval(row.drawn),
            _percent(row.renders.rate),
            _percent(row.shuffled),
            _percent(row.chance),
            str(row.drawn.tries),
        ]
        for row in rows
    ]
    return "## Results\n\n" + _table(head, cells)


def _comparisons(comparisons: list[Comparison]) -> str:
    cells = [[row.title, f"{row.drawn:.2f}", f"{row.renders:.2f}"] for row in comparisons]
    return "## Variety and copying\n\n" + _table(("measured", "drawn", "unseen renders"), cells)


def _table(head: tuple[str, ...], rows: list[list[str]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _percent(rate: float) -> str:
    return f"{rate:.2%}".replace("%", " %") if 0 < rate < 0.01 else f"{100 * rate:.1f} %"


def _interval(share: Share) -> str:
    low, high = share.interval
    return f"{100 * low:.1f} to {100 * high:.1f} %"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()
