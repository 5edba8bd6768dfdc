"""What is assumed of people, and of what nobody measured; the file says why."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Assumptions = Mapping[str, Any]

_FILE = Path(__file__).with_name("assumptions.toml")
DAYS = 730 / 24


def load(path: Path = _FILE) -> Assumptions:
    return tomllib.loads(path.read_text())


def active_days(assumed: Assumptions) -> float:
    """Return on how many days of a month one user comes."""
    share: float = assumed["people"]["share_of_a_day"]
    return share * DAYS


def posts_in_a_day(assumed: Assumptions) -> float:
    """Return how many posts somebody writes on a day on which they come."""
    posts: float = assumed["day"]["write a post with a picture"]
    return posts


def pictures_in_a_day(assumed: Assumptions) -> float:
    asks: float = assumed["day"]["ask for 4 pictures"]
    pictures: float = assumed["writing"]["pictures_in_an_ask"]
    return asks * pictures


def hourly_shares(assumed: Assumptions) -> list[float]:
    """Return which part of a day's use falls into each of its hours."""
    hours = assumed["people"]["hours"]
    return [each / sum(hours) for each in hours]


def busiest_second(in_a_month: float, assumed: Assumptions) -> float:
    """Return how many of a month's events happen in the busiest second of a day."""
    in_the_hour = in_a_month / DAYS * max(hourly_shares(assumed))
    peak: float = assumed["people"]["busiest_second"]
    return in_the_hour / 3600 * peak
