"""From the bytes that the model server answered to what is kept of a picture.

Pillow is imported on first use: only one Lambda has it.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import msgspec

from deepstory.pictures.entities import Drawn
from deepstory.pictures.errors import NotAPictureError

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "WEBP", "JPEG")
SMALLEST_SIDE = 16
LARGEST_SIDE = 2048
THUMBNAIL_SIDE = 384
_THUMBNAIL_QUALITY = 82

_SAMPLE_SIDE = 64
_COLOURS = 8
# How much a grey counts beside the purest colour: paper is not what a drawing is about.
_GREY_WEIGHT = 0.15


class Developed(msgspec.Struct, frozen=True, kw_only=True):
    """A picture ready to be kept."""

    png: bytes
    thumbnail: bytes
    drawn: Drawn


def develop(content: bytes) -> Developed:
    """Check that these bytes are a picture and make its thumbnail and main colour.

    Raises
    ------
    NotAPictureError : no whole PNG, WebP or JPEG, or with a side out of bounds.
    """
    image, is_png = _opened(content)
    return Developed(
        png=content if is_png else _encoded(image, "PNG"),
        thumbnail=_thumbnail(image),
        drawn=Drawn(width=image.width, height=image.height, dominant_color=dominant_color(image)),
    )


def dominant_color(image: Image) -> str:
    """Return the colour group that fills most of the image, colourful ones counting more.

    The image is reduced to a few colours; each is weighed by its share and its chroma, so that
    a red house on white paper is red, and a grey photograph still grey.
    """
    sample = image.resize((_SAMPLE_SIDE, _SAMPLE_SIDE))
    reduced = sample.quantize(_COLOURS)
    palette = reduced.getpalette() or []
    best, weight = (0, 0, 0), -1.0
    for count, index in reduced.getcolors() or []:
        assert isinstance(index, int)  # noqa: S101  # of a palette image
        red, green, blue = palette[3 * index : 3 * index + 3]
        candidate = count * (_GREY_WEIGHT + _chroma(red, green, blue))
        if candidate > weight:
            best, weight = (red, green, blue), candidate
    return "#{:02x}{:02x}{:02x}".format(*best)


def _chroma(red: int, green: int, blue: int) -> float:
    return (max(red, green, blue) - min(red, green, blue)) / 255


def _opened(content: bytes) -> tuple[Image, bool]:
    from PIL import Image

    unreadable = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)
    try:
        # The header tells the size before anything of that size is made.
        with Image.open(io.BytesIO(content), formats=FORMATS) as header:
            if not all(SMALLEST_SIDE <= side <= LARGEST_SIDE for side in header.size):
                raise NotAPictureError(f"{header.width} x {header.height} is no size of a picture")
            header.verify()  # Finds a cut file, which decoding may pass over; ends the reading.
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            return opened.convert("RGB"), opened.format == "PNG"
    except unreadable as error:
        raise NotAPictureError(str(error)) from error


def _thumbnail(image: Image) -> bytes:
    from PIL.Image import Resampling

    small = image.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Resampling.LANCZOS)
    return _encoded(small, "WEBP", quality=_THUMBNAIL_QUALITY, method=4)


def _encoded(image: Image, format_: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format_, **options)
    return buffer.getvalue()
