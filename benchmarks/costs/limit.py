"""One limit, and the load that a number of users is to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.costs.assumptions import busiest_second
from benchmarks.costs.model import Model


@dataclass(frozen=True, kw_only=True)
class Limit:
    """``load`` is what a number of users does in the busiest second, in the limit's unit."""

    what: str
    value: float
    unit: str
    load: Callable[[float], float]
    then: str

    @property
    def users(self) -> float:
        """Return at how many users it is reached; all loads grow with them evenly."""
        one_million = self.load(1e6)
        return self.value / one_million * 1e6 if one_million else float("inf")


def busiest(model: Model, in_a_month: float) -> Callable[[float], float]:
    """Return the load of something that one user does so often in a month."""
    second = busiest_second(in_a_month, model.assumed)
    return lambda users: second * users
