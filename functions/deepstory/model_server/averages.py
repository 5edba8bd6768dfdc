"""How long things usually take."""

from __future__ import annotations

import msgspec

# How much of an average each new value makes up, once there are enough of them.
_WEIGHT = 0.2


class Average(msgspec.Struct, frozen=True):
    """A moving average; before the first value it is a guess that the first value replaces."""

    value: float
    samples: int = 0

    def with_sample(self, sample: float) -> Average:
        weight = max(_WEIGHT, 1 / (self.samples + 1))
        return Average(self.value + weight * (sample - self.value), self.samples + 1)
