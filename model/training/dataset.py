"""The training pictures, rendered once into memory-mapped files, one per shape."""

from __future__ import annotations

import os
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
from model.training.stretch import ENDLESS, OutOfTimeError, Stretch

WORKERS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
# Pictures between two notes of how many there are.
NOTED = 512


def scene_of(concepts: tuple[Concept, ...], recipe: Recipe, bucket: Bucket, index: int) -> Scene:
    """What picture number `index` of a bucket shows."""
    return sample_scene(
        concepts,
        width=bucket.width,
        height=bucket.height,
        seed=recipe.seed,
        index=index,
        placement_share=recipe.placement_share,
        steady=recipe.steady,
    )


def render_bucket(
    concepts: tuple[Concept, ...],
    recipe: Recipe,
    bucket: Bucket,
    folder: Path,
    *,
    stretch: Stretch = ENDLESS,
) -> NDArray[np.uint8]:
    """Pictures of a bucket as (count, height, width, 3); rendered unless they already are.

    Raises
    ------
    OutOfTimeError : the stretch is over; the next call goes on with the pictures that are missing.
    """
    path = folder / f"pictures-{bucket.width}x{bucket.height}-{bucket.pictures}.npy"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        partial_path = path.with_suffix(".partial")
        _render_missing(concepts, recipe, bucket, partial_path, stretch)
        partial_path.rename(path)
        _note_of(partial_path).unlink()
    loaded: NDArray[np.uint8] = np.load(path, mmap_mode="r")
    return loaded


def _render_missing(
    concepts: tuple[Concept, ...], recipe: Recipe, bucket: Bucket, path: Path, stretch: Stretch
) -> None:
    note = _note_of(path)
    ready = int(note.read_text("utf-8")) if path.exists() and note.exists() else 0
    shape = (bucket.pictures, bucket.height, bucket.width, 3)
    pictures = open_memmap(path, mode="r+" if ready else "w+", dtype=np.uint8, shape=shape)
    render = partial(_render, concepts, recipe, bucket)
    title = f"render {bucket.aspect}"
    with (
        get_context("spawn").Pool(WORKERS) as pool,
        tqdm(desc=title, total=bucket.pictures, initial=ready, unit="picture") as bar,
    ):
        for picture in pool.imap(render, range(ready, bucket.pictures), chunksize=64):
            pictures[ready] = picture
            ready += 1
            bar.update()
            over = stretch.is_over() and ready < bucket.pictures
            if over or ready % NOTED == 0 or ready == bucket.pictures:
                pictures.flush()
                note.write_text(str(ready), "utf-8")
            if over:
                raise OutOfTimeError(f"{title}: {ready} of {bucket.pictures} pictures")


def _note_of(path: Path) -> Path:
    """Says how many pictures of an unfinished file are there."""
    return path.with_suffix(".ready")


def _render(
    concepts: tuple[Concept, ...], recipe: Recipe, bucket: Bucket, index: int
) -> NDArray[np.uint8]:
    return np.asarray(draw_scene(scene_of(concepts, recipe, bucket, index)))
