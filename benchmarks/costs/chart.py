"""The chart of docs/costs.md: dollars a month by users, both axes in powers of ten, as SVG.

Colours are the reader's: one set for light and one for dark pages. The lines differ in dash and
are named where they end, so that nothing depends on colour alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 150, 34, 52
_STYLE = """
  svg { background: #ffffff; }
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .grid { stroke: #d1d9e0; } .axis { stroke: #59636e; }
  .line { fill: none; stroke-width: 2.5; }
  .c0 { stroke: #0a58ca; } .c1 { stroke: #b3261e; stroke-dasharray: 8 4; }
  .c2 { stroke: #1a7f37; stroke-dasharray: 2 4; }
  @media (prefers-color-scheme: dark) {
    svg { background: #0d1117; }
    text { fill: #f0f6fc; }
    .grid { stroke: #3d444d; } .axis { stroke: #9198a1; }
    .c0 { stroke: #79b8ff; } .c1 { stroke: #ff938a; } .c2 { stroke: #56d364; }
  }
"""


@dataclass(frozen=True)
class Series:
    name: str
    points: Sequence[tuple[float, float]]


def draw(title: str, series: Sequence[Series]) -> str:
    """Return the chart as SVG text; every value must be above zero."""
    values = [y for each in series for _, y in each.points]
    users = [x for each in series for x, _ in each.points]
    scale = _Scale(_decades(users), _decades(values))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{title}">',
        f"<title>{title}</title>",
        f"<style>{_STYLE}</style>",
        *scale.grid(),
        *(scale.line(number, each) for number, each in enumerate(series)),
        f'<text x="{_LEFT}" y="{_HEIGHT - 8}">users in a month</text>',
        f'<text x="6" y="{_TOP - 18}">US dollars a month</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _decades(values: Sequence[float]) -> tuple[int, int]:
    return math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))


@dataclass(frozen=True)
class _Scale:
    across: tuple[int, int]
    up: tuple[int, int]

    def x(self, value: float) -> float:
        low, high = self.across
        return _LEFT + (math.log10(value) - low) / (high - low) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        low, high = self.up
        inner = _HEIGHT - _TOP - _BOTTOM
        return _TOP + inner - (math.log10(value) - low) / (high - low) * inner

    def grid(self) -> list[str]:
        right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
        found = []
        for power in range(self.up[0], self.up[1] + 1):
            y = self.y(10**power)
            found.append(_rule(_LEFT, y, right, y))
            found.append(
                f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{_short(power)}</text>'
            )
        for power in range(self.across[0], self.across[1] + 1):
            x = self.x(10**power)
            found.append(_rule(x, _TOP, x, bottom))
            found.append(
                f'<text x="{x:.1f}" y="{bottom + 20}" text-anchor="middle">{_short(power)}</text>'
            )
        found.append(f'<path class="axis" fill="none" d="M{_LEFT} {_TOP}V{bottom}H{right}"/>')
        return found

    def line(self, number: int, series: Series) -> str:
        points = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in series.points)
        x, y = series.points[-1]
        # Neighbouring ends keep their names apart.
        label = f'<text x="{self.x(x) + 8:.1f}" y="{self.y(y) + 5:.1f}">{series.name}</text>'
        return f'<polyline class="line c{number}" points="{points}"/>{label}'


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="grid" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _short(power: int) -> str:
    if power >= 6:
        return f"{10 ** (power - 6)} M"
    return f"{10**power:,}"
