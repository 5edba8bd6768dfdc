"""What can be chosen on the command line."""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parents[1] / "results" / "serving"
BUNDLED = "bundled"
SMALL = [BUNDLED, "sd15-small"]
LARGE = ["sd15", "sdxl"]
PARTS = ["starts", "batches", "load"]
MODES = ["max-autotune", "reduce-overhead", "default"]
# What a model is measured with unless it is told. The recipe compiles for each shape anew: minutes
# on a CPU, where it is only there to be tried, and more on a GPU.
CHOICES: dict[str, dict[str, Any]] = {
    BUNDLED: {"contenders": ["ours"], "batches": [1, 2, 4], "mix_sizes": 3},
    "sd15-small": {"contenders": ["recipe", "ours"], "batches": [1], "mix_sizes": 1},
    "sdxl-small": {"contenders": ["recipe", "ours"], "batches": [1], "mix_sizes": 1},
    "sd15": {"contenders": ["recipe", "ours"], "batches": [1, 8], "mix_sizes": 1},
    "sdxl": {"contenders": ["recipe", "ours"], "batches": [1, 4], "mix_sizes": 1},
}


@dataclass(frozen=True, kw_only=True)
class Options:
    model: str
    parts: list[str]
    contenders: list[str]
    batches: list[int]
    rounds: int
    steps: int
    mix_sizes: int
    fractions: list[float]
    load_seconds: float
    recipe_mode: str
    runtime: str
    thorough: bool
    patience: float
    seconds: float
    device: str
    dtype: str
    threads: int
    out: Path
    work: Path


def read(
    arguments: list[str], *, cuda: bool, cores: int
) -> tuple[list[Options], list[Path] | None]:
    """For each model what is told, else what suits it and this machine.

    Returns also the folders that are only to be reported, None if something is to be measured.
    """
    told = vars(_parser(cuda, cores).parse_args(arguments))
    if told.pop("profile"):
        told["parts"] = [*told["parts"], "profile"]
    report: list[Path] | None = told.pop("report")
    chosen = []
    for name in told.pop("only"):
        known = {field: value for field, value in told.items() if value is not None}
        choice = CHOICES[name] | known | {"model": name}
        chosen.append(Options(**{each.name: choice[each.name] for each in fields(Options)}))
    return chosen, report


def _parser(cuda: bool, cores: int) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.serving",
        description="Measure the picture server against diffusers on this machine.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    models = ", ".join(CHOICES)
    add("--only", type=_words, default=LARGE if cuda else SMALL, help=f"of {models}, by comma")
    add("--parts", type=_words, default=PARTS, help="what to measure, by comma")
    add("--profile", action="store_true", help="measure also where the server's time goes")
    add("--contenders", type=_words, help="besides plain diffusers: recipe,ours")
    add("--batches", type=_numbers, help="how many pictures at once, by comma")
    add("--rounds", type=int, default=5 if cuda else 3, help="turns of each contender")
    add("--steps", type=int, default=0, help="of a picture; 0 for the model's own")
    add("--mix-sizes", type=int, help="how many sizes the load has")
    add(
        "--fractions",
        type=_floats,
        default=[0.5, 0.8, 1.5] if cuda else [0.5, 1.2],
        help="loads, as parts of what plain diffusers can draw",
    )
    add("--load-seconds", type=float, default=30 if cuda else 10, help="of arrivals, each load")
    add(
        "--recipe-mode",
        choices=MODES,
        # On a CPU trying out kernels means compiling each of them in C++, for many minutes.
        default=MODES[0] if cuda else MODES[2],
        help="torch.compile's",
    )
    add("--runtime", default="auto", help="the server's setting")
    add("--thorough", action="store_true", help="compile the server's networks as for publishing")
    add("--patience", type=float, default=240, help="seconds for one contender to prepare itself")
    add("--seconds", type=float, default=540 if cuda else 1200, help="for all; then it stops")
    add("--device", default="cuda" if cuda else "cpu")
    add("--dtype", default="float16" if cuda else "float32")
    add("--threads", type=int, default=cores)
    add("--out", type=Path, default=RESULTS, help="for the JSON files; the report reads them too")
    work = Path(tempfile.gettempdir()) / "benchmark-serving"
    add("--work", type=Path, default=work, help="for weights, caches and pictures")
    add("--report", type=Path, nargs="*", help="measure nothing, report these folders too")
    return parser


def _words(text: str) -> list[str]:
    return [word for word in text.split(",") if word]


def _numbers(text: str) -> list[int]:
    return sorted(int(word) for word in _words(text))


def _floats(text: str) -> list[float]:
    return [float(word) for word in _words(text)]
