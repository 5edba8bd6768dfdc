"""The price table: steps by monthly amount, as AWS's pages have them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TABLE = Path(__file__).with_name("prices.toml")


@dataclass(frozen=True)
class Price:
    """``steps`` are (up to how many units a month, dollars for ``per`` units), by region."""

    what: str
    page: str
    per: float
    free: float
    steps: Mapping[str, Sequence[tuple[float, float]]]

    def of(self, amount: float, region: str) -> float:
        """Return what an amount in one month costs; what is free for everybody is not taken off."""
        total, below = 0.0, 0.0
        for limit, dollars in self.steps[region]:
            total += max(0.0, min(amount, limit) - below) * dollars / self.per
            below = limit
        return total


@dataclass(frozen=True)
class Prices:
    as_of: str
    regions: Sequence[str]
    by_name: Mapping[str, Price]

    def of(self, name: str, amount: float, region: str) -> float:
        return self.by_name[name].of(amount, region)

    def free(self, name: str, amount: float, region: str) -> float:
        """Return what AWS takes off for ever, which is never counted in."""
        price = self.by_name[name]
        return price.of(min(amount, price.free), region)


def load(path: Path = _TABLE) -> Prices:
    table = tomllib.loads(path.read_text())
    regions = table["regions"]
    return Prices(
        as_of=table["as_of"],
        regions=regions,
        by_name={name: _price(entry, regions) for name, entry in table["prices"].items()},
    )


def _price(entry: Mapping[str, Any], regions: Sequence[str]) -> Price:
    return Price(
        what=entry["what"],
        page=entry["page"],
        per=float(entry["per"]),
        free=float(entry.get("free", 0)),
        steps={region: _steps(entry[region]) for region in regions},
    )


def _steps(value: Any) -> Sequence[tuple[float, float]]:
    if isinstance(value, list):
        return [(float(limit), float(dollars)) for limit, dollars in value]
    return [(float("inf"), float(value))]
