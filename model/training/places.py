"""Where a scene takes place, as SVG below and around a horizon, in plain daylight."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from model.training.scenes import Place
from model.training.shapes import circle, polygon, rect

Draw = Callable[[np.random.Generator, float, float, float], str]


def _beach(rng: np.random.Generator, width: float, height: float, horizon: float) -> str:
    shore = horizon + height * 0.16
    wave = f"M0 {shore:.1f}q{width / 4:.1f} 3 {width / 2:.1f} 0t{width / 2:.1f} 0V{height}H0Z"
    return (
        rect(0, horizon - height * 0.1, width, height, "#1f87d6")
        + f'<path d="{wave}" fill="#f5d990" stroke="#ffffff" stroke-width="1.6"/>'
    )


def _mountain(rng: np.random.Generator, width: float, height: float, horizon: float) -> str:
    parts = []
    for part, fill in ((0.2, "#6f8f86"), (0.8, "#55786f")):
        peak, half = width * (part + rng.uniform(-0.08, 0.08)), width * rng.uniform(0.4, 0.5)
        top = height * rng.uniform(0.1, 0.22)
        slope = (horizon + 4 - top) / half
        parts.append(
            polygon([(peak - half, horizon + 4), (peak, top), (peak + half, horizon + 4)], fill)
        )
        cap = half * 0.25
        parts.append(
            polygon(
                [(peak - cap, top + cap * slope), (peak, top), (peak + cap, top + cap * slope)],
                "#ffffff",
            )
        )
    return "".join(parts) + rect(0, horizon, width, height, "#7fb552")


def _park(rng: np.random.Generator, width: float, height: float, horizon: float) -> str:
    top = width * rng.uniform(0.3, 0.7)
    hill = f"M0 {horizon:.1f}Q{top:.1f} {horizon - 7:.1f} {width} {horizon:.1f}"
    parts = [f'<path d="{hill}V{height}H0Z" fill="#6cc24a"/>']
    for _ in range(10):
        spot = (rng.uniform(0, width), rng.uniform(horizon + 4, height))
        parts.append(circle(*spot, 1.1, str(rng.choice(["#fff27a", "#ff9ec4", "#ffffff"]))))
    return "".join(parts)


def _forest(rng: np.random.Generator, width: float, height: float, horizon: float) -> str:
    parts = [rect(0, horizon, width, height, "#3f7a3a")]
    for number in range(6):
        x = width * (number + rng.uniform(0.2, 0.8)) / 6
        top, half = height * rng.uniform(0.12, 0.28), width * rng.uniform(0.09, 0.13)
        fill = str(rng.choice(["#1f5c34", "#2c6e3c", "#174a2c"]))
        parts.append(rect(x - 1, horizon - 2, 2, 6, "#5d3f24"))
        parts.append(polygon([(x - half, horizon), (x, top), (x + half, horizon)], fill))
    return "".join(parts)


def _street(rng: np.random.Generator, width: float, height: float, horizon: float) -> str:
    parts = []
    for number in range(4):
        x, wide = width * number / 4, width / 4
        top = height * rng.uniform(0.12, 0.36)
        fill = str(rng.choice(["#d9a093", "#e0c394", "#b3b8cf", "#cbb0b6"]))
        parts.append(rect(x, top, wide, height, fill))
        for row in range(3):
            for column in (0.2, 0.6):
                y = top + 3 + row * 6
                parts.append(rect(x + wide * column, y, wide * 0.22, 3, "#6d7f9c"))
    parts.append(rect(0, horizon, width, height, "#5f646b"))
    parts += [
        rect(x, horizon + (height - horizon) * 0.5, 7, 1.8, "#f4e9b0")
        for x in np.arange(1, width, 13)
    ]
    return "".join(parts)


def _room(rng: np.random.Generator, width: float, height: float, horizon: float) -> str:
    wall = str(rng.choice(["#f7e3c3", "#f5d5cf", "#e6e3f2"]))
    return (
        rect(0, 0, width, height, wall)
        + rect(0, horizon + 4, width, height, "#c08a52")
        + f'<ellipse cx="{width / 2}" cy="{height * 0.88:.1f}" rx="{width * 0.42:.1f}" ry="6" '
        'fill="#d9534f"/>'
    )


def _school(rng: np.random.Generator, width: float, height: float, horizon: float) -> str:
    top = height * 0.22
    parts = [
        rect(width * 0.04, top, width * 0.92, height, "#f0d5b0"),
        polygon(
            [(width * 0.36, top), (width * 0.5, height * 0.08), (width * 0.64, top)], "#8c3b2a"
        ),
        circle(width * 0.5, top + 4, 3.4, "#ffffff"),
    ]
    for part in (0.1, 0.26, 0.66, 0.82):
        for row in (0.3, 0.44):
            parts.append(rect(width * part, height * row, width * 0.09, 5, "#7fb4d6"))
    return "".join(parts) + rect(0, horizon, width, height, "#e3bd86")


PLACE_DRAWINGS: dict[Place, Draw] = {
    "beach": _beach,
    "mountain": _mountain,
    "park": _park,
    "forest": _forest,
    "street": _street,
    "room": _room,
    "school": _school,
}
