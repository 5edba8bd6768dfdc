"""What is known of the model server between two looks at it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

Mode = Literal["off", "auto", "on"]
State = Literal["off", "starting", "ready", "stopping", "failed"]

# The scheduler looks every minute; what is older than a few of its rounds proves nothing.
BELIEVED_FOR = timedelta(minutes=3)
# How much of an average each new value makes up, once there are enough of them.
_WEIGHT = 0.2
# The longest that one drawing and one start can take; longer ones measured something else.
_LONGEST_DRAWING = 150.0
_LONGEST_START = 3600.0
# A start that takes longer than it usually does is still about to end at any moment.
_LEAST_LEFT_OF_START = 0.1


class Average(msgspec.Struct, frozen=True):
    """A moving average; before the first value it is a guess that the first value replaces."""

    value: float
    samples: int = 0

    def with_sample(self, sample: float) -> Average:
        weight = max(_WEIGHT, 1 / (self.samples + 1))
        return Average(self.value + weight * (sample - self.value), self.samples + 1)


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """What the endpoint itself says."""

    state: State
    instances: int


class ModelServer(msgspec.Struct, frozen=True, kw_only=True):
    """The model server as last seen.

    Attributes
    ----------
    observed_at : when ``state`` and ``instances`` were true; None before the first look.
    waking_since : since when a start is being waited for.
    finished_at : when the latest picture was finished.
    cold_start : seconds from asking a sleeping server to its being ready.
    drawing : seconds of a picture that found the server idle.
    interval : seconds between two pictures finished while others waited; below ``drawing``
        when the server draws several at once.
    version : grows with every write; 0 before the first.
    """

    mode: Mode = "auto"
    changed_by: str | None = None
    changed_at: datetime | None = None
    state: State = "off"
    instances: int = 0
    observed_at: datetime | None = None
    waking_since: datetime | None = None
    finished_at: datetime | None = None
    cold_start: Average
    drawing: Average
    interval: Average
    version: int = 0

    def is_ready(self, now: datetime) -> bool:
        """Tell whether the server runs, as far as is known."""
        return self.state == "ready" and self.is_fresh(now, BELIEVED_FOR)

    def may_sleep(self, now: datetime) -> bool:
        """Tell whether a request could be the one that wakes the server."""
        return not self.is_ready(now) and self.waking_since is None

    def is_fresh(self, now: datetime, age: timedelta) -> bool:
        return self.observed_at is not None and now - self.observed_at < age

    def eta_seconds(self, position: int, *, now: datetime, since: datetime | None) -> int | None:
        """Estimate when the picture at this place of the queue is there.

        ``since`` is when it was sent; None for one that is still to be sent. The answer is None
        while the server is switched off, for then only the one who did it knows.
        """
        ready = self.is_ready(now)
        if self.mode == "off" and not ready:
            return None
        interval = self.interval if self.interval.samples else self.drawing
        seconds = self.drawing.value + (position - 1) * interval.value
        if not ready:
            return round(self._start_left(now) + seconds)
        if since is not None:
            begun = max(since, self.finished_at or since)
            seconds -= min((now - begun).total_seconds(), self.drawing.value)
        return max(1, round(seconds))

    def switched(self, mode: Mode, *, by: str, at: datetime) -> ModelServer:
        # A start that was switched off before its end says nothing about starts.
        waking_since = None if mode == "off" else self.waking_since
        return self._replace(mode=mode, changed_by=by, changed_at=at, waking_since=waking_since)

    def observed(self, observation: Observation, *, at: datetime) -> ModelServer:
        """Return it as the endpoint says it is; a start that has ended counts for the average."""
        ended = observation.state == "ready"
        waking_since = self.waking_since
        if observation.state == "starting" and waking_since is None:
            waking_since = at
        return self._replace(
            state=observation.state,
            instances=observation.instances,
            observed_at=at,
            waking_since=None if ended else waking_since,
            cold_start=self._with_start(at) if ended else self.cold_start,
        )

    def asked(self, *, at: datetime) -> ModelServer:
        """Return it after a request reached it: if it sleeps, it is waking from now on."""
        return self._replace(waking_since=at) if self.may_sleep(at) else self

    def drew(self, *, received_at: datetime, finished_at: datetime) -> ModelServer:
        """Return it after it drew a picture, which proves that it ran then.

        News that are older than what was seen since change nothing.
        """
        if self.observed_at is not None and finished_at < self.observed_at:
            return self
        previous = self.finished_at
        drawing, interval = self.drawing, self.interval
        if self.waking_since is not None:
            pass  # The picture waited for the start, not for other pictures.
        elif previous is not None and previous > received_at:
            interval = _with_drawing(interval, (finished_at - previous).total_seconds())
        else:
            drawing = _with_drawing(drawing, (finished_at - received_at).total_seconds())
        return self._replace(
            state="ready",
            instances=max(1, self.instances),
            observed_at=finished_at,
            waking_since=None,
            cold_start=self._with_start(finished_at, less=self.drawing.value),
            drawing=drawing,
            interval=interval,
            finished_at=finished_at,
        )

    def _start_left(self, now: datetime) -> float:
        whole = self.cold_start.value
        if self.waking_since is None:
            return whole
        elapsed = (now - self.waking_since).total_seconds()
        return max(whole - elapsed, whole * _LEAST_LEFT_OF_START)

    def _with_start(self, ended_at: datetime, *, less: float = 0.0) -> Average:
        if self.waking_since is None:
            return self.cold_start
        seconds = (ended_at - self.waking_since).total_seconds() - less
        if not 0 < seconds <= _LONGEST_START:
            return self.cold_start
        return self.cold_start.with_sample(seconds)

    def _replace(self, **changes: object) -> ModelServer:
        return msgspec.structs.replace(self, version=self.version + 1, **changes)


def _with_drawing(average: Average, seconds: float) -> Average:
    return average.with_sample(seconds) if 0 <= seconds <= _LONGEST_DRAWING else average
