"""The few SVG elements that backgrounds are made of."""

from __future__ import annotations


def rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"/>'
    )


def circle(x: float, y: float, radius: float, fill: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}"/>'


def polygon(points: list[tuple[float, float]], fill: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polygon points="{path}" fill="{fill}"/>'


def cloud(x: float, y: float, size: float, fill: str) -> str:
    return "".join(
        circle(x + dx * size, y + dy * size, radius * size, fill)
        for dx, dy, radius in ((-0.9, 0.15, 0.55), (0, -0.1, 0.75), (0.9, 0.15, 0.55))
    )
