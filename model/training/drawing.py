"""A scene becomes a picture: SVG by resvg at twice the size, then the hand-drawn style."""

from __future__ import annotations

import io

import numpy as np
import resvg_py
from PIL import Image

from model.training.backgrounds import draw_falling, draw_place, draw_sky
from model.training.scenes import Placed, Scene
from model.training.styles import apply_style

OVERSAMPLING = 2
ICON_SIZE = 32


def draw_scene(scene: Scene) -> Image.Image:
    """Draw a scene; the same scene always gives the same pixels."""
    rng = np.random.default_rng(scene.seed)
    svg_bytes = resvg_py.svg_to_bytes(
        svg_string=_svg(scene, rng),
        width=scene.width * OVERSAMPLING,
        height=scene.height * OVERSAMPLING,
        skip_system_fonts=True,
    )
    picture = Image.open(io.BytesIO(svg_bytes)).convert("RGB")
    picture = apply_style(picture, scene.style, rng)
    return picture.resize((scene.width, scene.height), Image.Resampling.BOX)


def _svg(scene: Scene, rng: np.random.Generator) -> str:
    # The backgrounds are laid out on a canvas whose shorter side is 64.
    scale = 64 / min(scene.width, scene.height)
    width, height = scene.width * scale, scene.height * scale
    falling = "" if scene.place == "room" else draw_falling(scene.weather, rng, width, height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1f} {height:.1f}">'
        + draw_sky(scene.weather, rng, width, height, steady=scene.steady)
        + draw_place(scene.place, scene.weather, rng, width, height, steady=scene.steady)
        + "".join(_object(placed, width, height) for placed in scene.objects)
        + falling
        + "</svg>"
    )


def _object(placed: Placed, width: float, height: float) -> str:
    side = placed.size * height
    x, y = placed.x * width, placed.y * height
    scale = side / ICON_SIZE
    mirror = -1 if placed.mirrored else 1
    shadow = ""
    if not placed.concept.in_air:
        shadow = (
            f'<ellipse cx="{x:.1f}" cy="{y + side * 0.46:.1f}" rx="{side * 0.42:.1f}" '
            f'ry="{side * 0.07:.1f}" fill="#000000" opacity="0.25"/>'
        )
    return shadow + (
        f'<g transform="translate({x:.2f} {y:.2f}) rotate({placed.tilt:.1f}) '
        f'scale({scale * mirror:.4f} {scale:.4f}) translate(-16 -16)">'
        f"{placed.concept.drawings[placed.drawing]}</g>"
    )
