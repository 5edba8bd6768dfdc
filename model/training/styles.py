"""Hand-drawn looks for a rendered scene: wobble, grain, bleeding colours, pencil strokes."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from model.training.scenes import Style

Pixels: TypeAlias = NDArray[Any]
TEXTURE_SIZE = 1024
# The strokes below are given for a picture whose shorter side has so many pixels.
REFERENCE_SIDE = 256
PAPER = np.array([0.99, 0.98, 0.95], np.float32)


def apply_style(picture: Image.Image, style: Style, rng: np.random.Generator) -> Image.Image:
    """Redraw a clean picture in a style; the same generator state gives the same strokes.

    Strokes grow with the picture, so that they look alike at every size.
    """
    if style == "flat":
        return picture
    pixels = np.asarray(picture, dtype=np.float32) / 255
    scale = min(picture.size) / REFERENCE_SIDE
    if style == "crayon":
        pixels = _crayon(_wobble(pixels, rng, 1.7 * scale), rng, scale)
    elif style == "watercolor":
        pixels = _watercolor(_wobble(pixels, rng, 1.9 * scale), rng, scale)
    else:
        pixels = _pencil(_wobble(pixels, rng, 1.2 * scale), rng, scale)
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


def _edges(pixels: Pixels, scale: float) -> Pixels:
    """How strong a line runs through each pixel, 0 to 1."""
    reach = max(1, round(1.5 * scale))
    # The strongest channel: things of one brightness and another colour have an outline too.
    down = np.abs(pixels - np.roll(pixels, reach, axis=0)).max(axis=2)
    right = np.abs(pixels - np.roll(pixels, reach, axis=1)).max(axis=2)
    down[:reach], right[:, :reach] = 0, 0
    strength = Image.fromarray(((down + right).clip(0, 1) * 255).astype(np.uint8))
    blurred = strength.filter(ImageFilter.GaussianBlur(0.9 * scale))
    return np.asarray(blurred, dtype=np.float32) / 255


def _paper(shape: tuple[int, ...], rng: np.random.Generator, scale: float) -> Pixels:
    """How much bare paper shows towards the rim, 0 to 1, along a hand's uneven line."""
    height, width = shape[:2]
    rows = np.minimum(np.arange(height), np.arange(height)[::-1])[:, None]
    columns = np.minimum(np.arange(width), np.arange(width)[::-1])[None]
    rim = np.minimum(rows, columns) + 5 * scale * _grain(shape, rng, 6)
    bare: Pixels = ((11 * scale - rim) / (3 * scale)).clip(0, 1)[..., None]
    return bare


def _crayon(pixels: Pixels, rng: np.random.Generator, scale: float) -> Pixels:
    """Waxy strokes in one direction over paper that shines through, and thick dark outlines."""
    strokes = _grain(pixels.shape, rng, 2.0, 6)
    bare = np.clip((strokes - 0.6) * 0.3, 0, 0.3)[..., None]
    waxy = pixels * (1 + 0.07 * strokes[..., None])
    drawn = waxy * (1 - bare) + PAPER * bare
    outline = (2.2 * _edges(pixels, scale)).clip(0, 0.85)[..., None]
    coloured: Pixels = drawn * (1 - outline) + pixels * 0.25 * outline
    return coloured


def _watercolor(pixels: Pixels, rng: np.random.Generator, scale: float) -> Pixels:
    """Thin washes that pool and dry darker at their rims, on paper left white around."""
    image = Image.fromarray((pixels.clip(0, 1) * 255).astype(np.uint8))
    image = image.filter(ImageFilter.MedianFilter(5)).filter(ImageFilter.GaussianBlur(scale))
    washed = np.asarray(image, dtype=np.float32) / 255
    density = 0.74 + 0.12 * _grain(pixels.shape, rng, 7)[..., None]
    density = density + (0.9 * _edges(washed, scale)).clip(0, 0.35)[..., None]
    painted = PAPER - (PAPER - washed) * density.clip(0.3, 1)
    bare = _paper(pixels.shape, rng, scale)
    drawn: Pixels = painted * (1 - bare) + PAPER * bare
    return drawn


def _pencil(pixels: Pixels, rng: np.random.Generator, scale: float) -> Pixels:
    """Grey lines with hatching where it is dark, on paper."""
    tone = pixels.mean(axis=2)
    hatch = _grain(pixels.shape, rng, 1.4, 6)
    shaded = 1 - (1 - tone) * (0.5 + 0.07 * hatch).clip(0.05, 1)
    drawn = shaded * (1 - (2.6 * _edges(pixels, scale)).clip(0, 0.85))
    grey: Pixels = drawn[..., None] * PAPER
    return grey
