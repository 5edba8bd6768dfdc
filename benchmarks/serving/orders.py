"""What is drawn: the same for every contender."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.model_cpu.contender import PROMPTS

Size = tuple[int, int]


@dataclass(frozen=True)
class Order:
    prompt: str
    seed: int
    width: int
    height: int
    steps: int
    guidance: float

    @property
    def name(self) -> str:
        return f"{self.width}x{self.height}-{self.steps}-{self.seed}"

    @property
    def fields(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True)
class Model:
    """A folder of weights and how the server is told to draw with it."""

    folder: Path
    sizes: list[Size]
    steps: int
    guidance: float


def read_model(folder: Path) -> Model:
    told = json.loads((folder / "deepstory.json").read_text("utf-8"))
    sizes = [(int(width), int(height)) for width, height in told["sizes"].values()]
    return Model(folder, sizes, told["default_steps"], told["default_guidance_scale"])


def batch(model: Model, number: int, steps: int) -> list[Order]:
    """Pictures of one size; each has the same seed and prompt in a batch of any number."""
    return [_order(model, seed, model.sizes[0], steps) for seed in range(number)]


def mix(model: Model, sizes: int, steps: Sequence[int]) -> list[Order]:
    """What people ask for in turn: every size with every number of steps."""
    kinds = [(size, number) for number in steps for size in model.sizes[:sizes]]
    return [_order(model, seed, *kind) for seed, kind in enumerate(kinds)]


def _order(model: Model, seed: int, size: Size, steps: int) -> Order:
    return Order(PROMPTS[seed % len(PROMPTS)], seed, *size, steps, model.guidance)
