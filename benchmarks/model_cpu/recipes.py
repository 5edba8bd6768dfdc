"""How the bundled pipeline draws, as plain numbers and files that need no PyTorch."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "recipe.json"
NOISE_FILE = "noise.npz"
SEEDS = range(4)


@dataclass(frozen=True)
class DrawingRecipe:
    """A sampler as linear sums, and what else there is to know beside the three networks.

    What goes into the network in step ``i`` is ``sums[i][0]`` times the first noise plus
    ``sums[i][j + 1]`` times the network's answer of each earlier step ``j``; the last row gives
    the finished latents.
    """

    timesteps: list[int]
    sums: list[list[float]]
    guidance_scale: float
    latent_channels: int
    latent_scale: int
    tokens: int
    pad_id: int

    def write(self, folder: Path) -> None:
        (folder / FILE).write_text(json.dumps(asdict(self)), "utf-8")


def read_recipe(folder: Path) -> DrawingRecipe:
    return DrawingRecipe(**json.loads((folder / FILE).read_text("utf-8")))
