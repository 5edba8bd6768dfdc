"""Hand-drawn looks for a rendered scene: wobble, grain, bleeding colours, pencil strokes."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from model.training.scenes import Style

Pixels: TypeAlias = NDArray[Any]
TEXTURE_SIZE = 512


def apply_style(picture: Image.Image, style: Style, rng: np.random.Generator) -> Image.Image:
    """Redraw a clean picture in a style; the same generator state gives the same strokes."""
    if style == "flat":
        return picture
    pixels = np.asarray(picture, dtype=np.float32) / 255
    if style == "crayon":
        pixels = _crayon(_wobble(pixels, rng, 1.6), rng)
    elif style == "watercolor":
        pixels = _watercolor(_wobble(pixels, rng, 2.0), rng)
    else:
        pixels = _pencil(_wobble(pixels, rng, 1.0), rng)
    return Image.fromarray((pixels.clip(0, 1) * 255).astype(np.uint8))


@cache
def _texture(blur: float, stretch: int) -> Pixels:
    noise = np.random.default_rng([7, int(blur * 10), stretch]).random((TEXTURE_SIZE,) * 2)
    image = Image.fromarray((noise * 255).astype(np.uint8))
    if stretch > 1:
        image = image.crop((0, 0, TEXTURE_SIZE // stretch, TEXTURE_SIZE))
        image = image.resize((TEXTURE_SIZE,) * 2, Image.Resampling.BILINEAR).rotate(
            38, Image.Resampling.BILINEAR
        )
    field = np.asarray(image.filter(ImageFilter.GaussianBlur(blur)), dtype=np.float32)
    quarter = TEXTURE_SIZE // 5
    field = field[quarter:-quarter, quarter:-quarter]
    scaled: Pixels = (field - field.mean()) / field.std()
    return scaled


def _grain(
    shape: tuple[int, ...], rng: np.random.Generator, blur: float, stretch: int = 1
) -> Pixels:
    """A piece of a fixed noise texture, mean 0 and deviation 1."""
    texture = _texture(blur, stretch)
    top = int(rng.integers(texture.shape[0] - shape[0]))
    left = int(rng.integers(texture.shape[1] - shape[1]))
    piece: Pixels = texture[top : top + shape[0], left : left + shape[1]]
    return piece


def _wobble(pixels: Pixels, rng: np.random.Generator, strength: float) -> Pixels:
    height, width = pixels.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    down = _grain(pixels.shape, rng, 6) * strength
    right = _grain(pixels.shape, rng, 6) * strength
    source_rows = np.clip(rows + down.round().astype(int), 0, height - 1)
    source_columns = np.clip(columns + right.round().astype(int), 0, width - 1)
    moved: Pixels = pixels[source_rows, source_columns]
    return moved


def _edges(pixels: Pixels) -> Pixels:
    grey = pixels.mean(axis=2)
    down = np.abs(np.diff(grey, axis=0, append=grey[-1:]))
    right = np.abs(np.diff(grey, axis=1, append=grey[:, -1:]))
    strength = Image.fromarray(((down + right).clip(0, 1) * 255).astype(np.uint8))
    blurred = strength.filter(ImageFilter.GaussianBlur(0.8))
    return np.asarray(blurred, dtype=np.float32) / 255


def _crayon(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    strokes = _grain(pixels.shape, rng, 1.1, 4)
    bare = np.clip((strokes - 0.65) * 0.4, 0, 0.32)[..., None]
    waxy = pixels * (1 + 0.06 * strokes[..., None])
    waxy = waxy * (1 - (1.3 * _edges(pixels)).clip(0, 0.7)[..., None])
    drawn: Pixels = waxy * (1 - bare) + 0.98 * bare
    return drawn


def _watercolor(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    image = Image.fromarray((pixels.clip(0, 1) * 255).astype(np.uint8))
    image = image.filter(ImageFilter.MedianFilter(3)).filter(ImageFilter.GaussianBlur(0.6))
    washed = np.asarray(image, dtype=np.float32) / 255
    density = 0.72 + 0.08 * _grain(pixels.shape, rng, 7)[..., None]
    painted = 1 - (1 - washed) * density.clip(0.4, 1)
    drawn: Pixels = painted * (1 - (0.9 * _edges(washed)).clip(0, 0.5)[..., None])
    return drawn


def _pencil(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    tone = pixels.mean(axis=2)
    hatch = _grain(pixels.shape, rng, 1.0, 4)
    shaded = 0.98 - (1 - tone) * (0.5 + 0.12 * hatch).clip(0.1, 1)
    drawn = shaded * (1 - (2.2 * _edges(pixels)).clip(0, 0.8))
    return np.repeat(drawn[..., None], 3, axis=2) * np.array([1.0, 0.99, 0.97], np.float32)
