"""Skies, light and falling rain or snow around a place, varied by the scene's own chance."""

from __future__ import annotations

import numpy as np

from model.training.places import PLACE_DRAWINGS
from model.training.scenes import Place, Weather
from model.training.shapes import circle, cloud, rect

SKIES: dict[Weather, tuple[str, str]] = {
    "sunny": ("#5cb8f5", "#c9ecff"),
    "cloudy": ("#9fb0bf", "#d5dde3"),
    "rain": ("#63758a", "#98a9b8"),
    "snow": ("#b5c7dc", "#e8f0f7"),
    "night": ("#10173f", "#2d3a78"),
    "sunset": ("#f2703f", "#ffd27a"),
}


def draw_sky(
    weather: Weather, rng: np.random.Generator, width: float, height: float, *, steady: bool = False
) -> str:
    """The whole canvas filled with this weather's sky, falling rain and snow not included.

    Sun and moon stand at one of two sides; in a `steady` sky always on the left.
    """
    top, bottom = SKIES[weather]
    parts = [
        '<linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">'
        f'<stop offset="0" stop-color="{top}"/><stop offset="0.75" stop-color="{bottom}"/>'
        "</linearGradient>",
        rect(0, 0, width, height, "url(#sky)"),
    ]
    is_left = rng.random() < 0.5 or steady
    side = width * (rng.uniform(0.1, 0.2) if is_left else rng.uniform(0.8, 0.9))
    if weather == "sunny":
        parts.append(circle(side, height * 0.13, 6.5, "#ffd92e"))
        parts.append(cloud(width - side, height * rng.uniform(0.12, 0.2), 4.5, "#ffffff"))
    elif weather in ("cloudy", "rain"):
        fill = "#f1f4f6" if weather == "cloudy" else "#4c5a6a"
        for part in (0.15, 0.5, 0.85):
            x, y = width * (part + rng.uniform(-0.06, 0.06)), height * rng.uniform(0.06, 0.18)
            parts.append(cloud(x, y, 6, fill))
    elif weather == "night":
        for _ in range(12):
            spot = (rng.uniform(0, width), rng.uniform(0, height * 0.5))
            parts.append(circle(*spot, rng.uniform(0.5, 1), "#fff6c8"))
        parts.append(circle(side, height * 0.14, 6, "#ffe995"))
        parts.append(circle(side + 2.5, height * 0.12, 5, "#151d49"))
    elif weather == "sunset":
        parts.append(circle(side, height * 0.45, 8, "#ff4b33"))
    return "".join(parts)


def draw_place(
    place: Place,
    weather: Weather,
    rng: np.random.Generator,
    width: float,
    height: float,
    *,
    steady: bool = False,
) -> str:
    """Ground and surroundings in the light of the weather; a room shows its sky by a window.

    The window is at one of two sides; in a `steady` place always on the right.
    """
    horizon = height * rng.uniform(0.55, 0.63)
    parts = [PLACE_DRAWINGS[place](rng, width, height, horizon)]
    if place == "room":
        parts.append(_window(weather, rng, width, height, steady))
        if weather == "night":
            parts.append(_shade(0, width, height, "#1b2150", 0.3))
        return "".join(parts)
    if weather == "snow":
        parts.append(_shade(horizon, width, height, "#ffffff", 0.78))
    elif weather == "night":
        parts.append(_shade(height * 0.25, width, height, "#10173f", 0.5))
    elif weather == "rain":
        parts.append(_shade(horizon, width, height, "#3e4c60", 0.3))
    elif weather == "sunset":
        parts.append(_shade(horizon, width, height, "#ff7a3c", 0.25))
    return "".join(parts)


def draw_falling(weather: Weather, rng: np.random.Generator, width: float, height: float) -> str:
    """Rain or snow in front of everything; nothing in other weather."""
    if weather == "rain":
        spots = [(rng.uniform(0, width), rng.uniform(-4, height)) for _ in range(34)]
        lines = "".join(f"M{x:.1f} {y:.1f}l-1.6 5" for x, y in spots)
        return f'<path d="{lines}" stroke="#d6e6f5" stroke-width="0.8" opacity="0.85"/>'
    if weather == "snow":
        return "".join(
            circle(rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.7, 1.4), "#fff")
            for _ in range(36)
        )
    return ""


def _shade(top: float, width: float, height: float, fill: str, opacity: float) -> str:
    return f'<g opacity="{opacity}">{rect(0, top, width, height - top, fill)}</g>'


def _window(
    weather: Weather, rng: np.random.Generator, width: float, height: float, steady: bool
) -> str:
    x = width * (0.06 if rng.random() < 0.5 and not steady else 0.94)
    left = x if x < width / 2 else x - 20
    sky = draw_sky(weather, rng, 20, 20, steady=steady) + draw_falling(weather, rng, 20, 20)
    return (
        rect(left - 1.5, height * 0.08 - 1.5, 23, 23, "#8a5a33")
        + f'<svg x="{left:.1f}" y="{height * 0.08:.1f}" width="20" height="20">{sky}</svg>'
        + rect(left + 9.2, height * 0.08, 1.6, 20, "#8a5a33")
    )
