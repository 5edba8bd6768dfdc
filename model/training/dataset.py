"""The training pictures, rendered once into memory-mapped files, one per shape."""

from __future__ import annotations

from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray
from tqdm import tqdm

from model.training.assets import Concept
from model.training.config import Bucket, Recipe
from model.training.drawing import draw_scene
from model.training.scenes import Scene, sample_scene

WORKERS = 2


def scene_of(concepts: tuple[Concept, ...], recipe: Recipe, bucket: Bucket, index: int) -> Scene:
    """What picture number `index` of a bucket shows."""
    return sample_scene(
        concepts, width=bucket.width, height=bucket.height, seed=recipe.seed, index=index
    )


def render_bucket(
    concepts: tuple[Concept, ...], recipe: Recipe, bucket: Bucket, folder: Path
) -> NDArray[np.uint8]:
    """Pictures of a bucket as (count, height, width, 3); rendered unless they already are."""
    path = folder / f"pictures-{bucket.width}x{bucket.height}-{bucket.pictures}.npy"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        partial_path = path.with_suffix(".partial")
        shape = (bucket.pictures, bucket.height, bucket.width, 3)
        pictures = open_memmap(partial_path, mode="w+", dtype=np.uint8, shape=shape)
        render = partial(_render, concepts, recipe, bucket)
        with get_context("spawn").Pool(WORKERS) as pool:
            drawn = pool.imap(render, range(bucket.pictures), chunksize=64)
            title = f"render {bucket.aspect}"
            for index, picture in enumerate(tqdm(drawn, title, bucket.pictures, unit="picture")):
                pictures[index] = picture
        pictures.flush()
        partial_path.rename(path)
    loaded: NDArray[np.uint8] = np.load(path, mmap_mode="r")
    return loaded


def _render(
    concepts: tuple[Concept, ...], recipe: Recipe, bucket: Bucket, index: int
) -> NDArray[np.uint8]:
    return np.asarray(draw_scene(scene_of(concepts, recipe, bucket, index)))
