"""Checking and developing what the model server answered."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, ImageDraw

from deepstory.pictures.errors import NotAPictureError
from deepstory.pictures.imaging import LARGEST_SIDE, develop, dominant_color
from fakes.pictures import an_image


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_png_is_kept_byte_for_byte() -> None:
    content = an_image((64, 64))

    assert develop(content).png == content


@pytest.mark.parametrize("format_", ["WEBP", "JPEG"])
def test_other_formats_become_png(format_: str) -> None:
    developed = develop(an_image((64, 48), format_=format_))

    assert opened(developed.png).format == "PNG"
    assert opened(developed.png).size == (64, 48)


def test_thumbnail_of_a_large_picture_has_384_on_its_longest_side() -> None:
    thumbnail = opened(develop(an_image((1024, 768))).thumbnail)

    assert thumbnail.format == "WEBP"
    assert thumbnail.size == (384, 288)


def test_small_picture_is_its_own_thumbnail_size() -> None:
    assert opened(develop(an_image((64, 80))).thumbnail).size == (64, 80)


def test_size_is_told() -> None:
    drawn = develop(an_image((96, 64))).drawn

    assert (drawn.width, drawn.height) == (96, 64)


def header_claiming(width: int, height: int) -> bytes:
    """Return a PNG whose header claims a size that its few bytes do not have."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b""))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b'{"error":{"code":"internal_error"}}',
        an_image()[:-20],
        an_image(format_="GIF"),
        an_image((8, 64)),
        an_image((LARGEST_SIDE + 1, 16)),
        header_claiming(60_000, 60_000),
        header_claiming(64, 64),
    ],
    ids=["nothing", "text", "json", "cut", "gif", "narrow", "wide", "bomb", "empty"],
)
def test_what_is_no_reasonable_picture_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPictureError):
        develop(content)


def test_colour_of_a_small_drawing_on_paper_is_the_drawings() -> None:
    image = Image.new("RGB", (100, 100), "#f8f6f0")
    ImageDraw.Draw(image).rectangle((30, 30, 75, 75), fill="#cc2010")

    red, green, blue = bytes.fromhex(dominant_color(image)[1:])

    assert red > 180 and green < 60 and blue < 60


def test_speck_of_colour_does_not_decide() -> None:
    image = Image.new("RGB", (100, 100), "#4060a0")
    ImageDraw.Draw(image).rectangle((0, 0, 8, 8), fill="#ff0000")

    red, _, blue = bytes.fromhex(dominant_color(image)[1:])

    assert blue > red


def test_colour_of_a_grey_picture_is_grey() -> None:
    assert dominant_color(Image.new("RGB", (64, 64), "#808080")) == "#808080"
