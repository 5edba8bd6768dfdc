"""Training in stretches: a run ends cleanly when its time is over, and the next one goes on."""

from __future__ import annotations

import time
from collections.abc import Callable


class OutOfTimeError(Exception):
    """The stretch is over; what was done is saved. The message says how far it came."""


class Stretch:
    """So many minutes from now on, or no end at all."""

    def __init__(
        self, minutes: float | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._end = None if minutes is None else clock() + 60 * minutes

    def is_over(self) -> bool:
        return self._end is not None and self._clock() >= self._end


ENDLESS = Stretch()
