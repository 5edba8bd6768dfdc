"""What can be chosen on the command line."""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass, fields
from pathlib import Path

RESULTS = Path(__file__).parents[1] / "results" / "serving"
BUNDLED = "bundled"
SMALL = [BUNDLED, "sd15-small"]
LARGE = ["sd15", "sdxl"]
PARTS = ["starts", "batches", "load", "profile"]


@dataclass(frozen=True, kw_only=True)
class Options:
    only: list[str]
    parts: list[str]
    contenders: list[str]
    batches: list[int]
    rounds: int
    steps: int
    mix_sizes: int
    fractions: list[float]
    load_seconds: float
    seconds: float
    device: str
    dtype: str
    threads: int
    out: Path
    work: Path
    report: list[Path] | None


def read(arguments: list[str], *, cuda: bool, cores: int) -> Options:
    """Choose for this machine what is not told."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.serving",
        description="Measure the picture server against diffusers on this machine.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--only", type=_words, default=LARGE if cuda else SMALL, help="models, by comma")
    add("--parts", type=_words, default=PARTS if not cuda else PARTS[:3], help="what to measure")
    add("--profile", action="store_true", help="add the part 'profile': where the time goes")
    add("--contenders", type=_words, default=["recipe", "ours"], help="besides plain diffusers")
    add(
        "--batches",
        type=_numbers,
        default=[1, 4, 16] if cuda else [1, 2, 4],
        help="to draw at once",
    )
    add("--rounds", type=int, default=5 if cuda else 3, help="turns of each contender")
    add("--steps", type=int, default=0, help="of a picture; 0 for the model's own")
    add(
        "--mix-sizes",
        type=int,
        default=1 if cuda else 3,
        help="sizes in the load: each is compiled",
    )
    add("--fractions", type=_floats, default=[0.5, 0.8, 1.2], help="load, of what plain can draw")
    add("--load-seconds", type=float, default=30 if cuda else 15, help="of arrivals, each fraction")
    add("--seconds", type=float, default=540 if cuda else 1200, help="for all; then it stops")
    add("--device", default="cuda" if cuda else "cpu")
    add("--dtype", default="float16" if cuda else "float32")
    add("--threads", type=int, default=cores)
    add("--out", type=Path, default=RESULTS, help="for the JSON files; the report reads them too")
    add(
        "--work",
        type=Path,
        default=Path(tempfile.gettempdir()) / "benchmark-serving",
        help="for weights, compile caches and pictures; empty it to begin afresh",
    )
    add("--report", type=Path, nargs="*", help="measure nothing: write the report, of these too")
    told = vars(parser.parse_args(arguments))
    if told.pop("profile") and "profile" not in told["parts"]:
        told["parts"] = [*told["parts"], "profile"]
    return Options(**{each.name: told[each.name] for each in fields(Options)})


def _words(text: str) -> list[str]:
    return [word for word in text.split(",") if word]


def _numbers(text: str) -> list[int]:
    return sorted(int(word) for word in _words(text))


def _floats(text: str) -> list[float]:
    return [float(word) for word in _words(text)]
