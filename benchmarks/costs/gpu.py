"""How many hours GPUs run: they sleep at zero, wake, draw, and idle a while before they sleep."""

from __future__ import annotations

import math
from collections.abc import Mapping

from benchmarks.costs.assumptions import DAYS, Assumptions, hourly_shares

_EXPONENT = 700.0


def seconds_of_a_picture(assumed: Assumptions, instance_type: str, batch: int) -> float:
    per_batch: Mapping[str, float] = assumed["gpu"]["seconds"][instance_type]
    return per_batch[str(batch)] / batch


def awake(asks_in_an_hour: float, *, cold_start_seconds: float, idle_seconds: float) -> float:
    """Return the share of an hour for which one instance is kept by requests that come at random.

    A request that finds it asleep wakes it. It sleeps again when none came for the idle time, so
    it stays for (e^(rate x idle) - 1) / rate on average after its start, and sleeps for 1 / rate.
    """
    rate = asks_in_an_hour / 3600
    if rate <= 0:
        return 0.0
    stays = math.expm1(min(rate * idle_seconds, _EXPONENT)) / rate
    runs = cold_start_seconds + stays
    return runs / (runs + 1 / rate)


class Fleet:
    """Instances of one type that draw so many pictures in a month."""

    def __init__(
        self,
        assumed: Assumptions,
        instance_type: str,
        *,
        batch: int,
        cold_start_seconds: float = 300,
        idle_seconds: float = 180,
    ) -> None:
        self._assumed = assumed
        self._times = (cold_start_seconds, idle_seconds)
        self._seconds = seconds_of_a_picture(assumed, instance_type, batch)
        self._in_an_ask = assumed["writing"]["pictures_in_an_ask"]

    def hours(self, pictures: float) -> float:
        """Return instance hours in a month, hour by hour of the day."""
        return DAYS * sum(self._hour(pictures / DAYS * share) for share in self._shares())

    def at_once(self, pictures: float) -> int:
        """Return how many instances the busiest hour needs."""
        busiest = max(self._shares())
        return math.ceil(self._busy(pictures / DAYS * busiest)) if pictures else 0

    def _shares(self) -> list[float]:
        return hourly_shares(self._assumed)

    def _busy(self, pictures: float) -> float:
        """Return how many instances an hour's drawing fills as far as they are to be filled."""
        used: float = self._assumed["gpu"]["most_used"]
        return pictures * self._seconds / 3600 / used

    def _hour(self, pictures: float) -> float:
        cold, idle = self._times
        kept = awake(
            pictures / self._in_an_ask,
            # Drawing keeps it from idling.
            cold_start_seconds=cold + self._seconds * self._in_an_ask,
            idle_seconds=idle,
        )
        return max(kept, self._busy(pictures))


def break_even(fleet: Fleet, *, dollars_an_hour: float, always_on_dollars: float) -> float:
    """Return at how many pictures a month sleeping costs what an instance costs that never does."""
    low, high = 1.0, 1e9
    if fleet.hours(low) * dollars_an_hour >= always_on_dollars:
        return 0.0
    for _ in range(60):
        middle = math.sqrt(low * high)
        if fleet.hours(middle) * dollars_an_hour < always_on_dollars:
            low = middle
        else:
            high = middle
    return low
