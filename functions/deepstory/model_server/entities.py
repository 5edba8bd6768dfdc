"""What is known of the model server between two looks at it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from deepstory.model_server.averages import Average
from deepstory.model_server.schedule import Occurrence
from deepstory.model_server.usage import BELIEVED_FOR, Meter, Usage

Mode = Literal["off", "auto", "on"]
State = Literal["off", "starting", "ready", "stopping", "failed"]
# What was begun with the endpoint and perhaps broke off.
Unfinished = Literal["switch", "idle_stop"]

# The longest that one drawing and one start can take; longer ones measured something else.
_LONGEST_DRAWING = 150.0
_LONGEST_START = 3600.0
# A start that takes longer than it usually does is still about to end at any moment.
_LEAST_LEFT_OF_START = 0.1
# The alarm that wakes a sleeping server is evaluated every minute.
_WAKES_WITHIN = timedelta(minutes=3)


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """What the endpoint itself says; those ``billed`` run, or are being started or stopped."""

    state: State
    instances: int
    billed: int


class ModelServer(msgspec.Struct, frozen=True, kw_only=True):
    """The model server as last seen.

    Attributes
    ----------
    mode : what an administrator wants, since ``changed_at``.
    applied : the mode that the endpoint was told: in a window of the schedule it may differ.
    window : the window of the schedule that is open.
    unfinished : what has to be done again, for it may not have reached the endpoint.
    observed_at : when ``state`` and the instances were true; None before the first look.
    waking_since : since when a start is being waited for.
    finished_at : when the latest picture was finished.
    worked_at : when pictures were last seen to be drawn or to wait for it.
    cold_start : seconds from asking a sleeping server to its being ready.
    drawing : seconds of a picture that found the server idle.
    interval : seconds between two pictures finished while others waited; below ``drawing``
        when the server draws several at once.
    usage : the running time of this month and the one before.
    version : grows with every write; 0 before the first.
    """

    mode: Mode = "auto"
    changed_by: str | None = None
    changed_at: datetime | None = None
    applied: Mode = "auto"
    window: Occurrence | None = None
    unfinished: Unfinished | None = None
    state: State = "off"
    instances: int = 0
    billed: int = 0
    observed_at: datetime | None = None
    waking_since: datetime | None = None
    finished_at: datetime | None = None
    worked_at: datetime | None = None
    cold_start: Average
    drawing: Average
    interval: Average
    usage: tuple[Usage, ...] = ()
    version: int = 0

    def is_ready(self, now: datetime) -> bool:
        """Tell whether the server runs, as far as is known."""
        return self.state == "ready" and self.is_fresh(now, BELIEVED_FOR)

    def may_sleep(self, now: datetime) -> bool:
        """Tell whether a request could be the one that wakes the server."""
        return not self.is_ready(now) and self.waking_since is None

    def is_fresh(self, now: datetime, age: timedelta) -> bool:
        return self.observed_at is not None and now - self.observed_at < age

    def has_idled(self, now: datetime, time: timedelta) -> bool:
        """Tell whether it may be stopped if nothing is to be drawn now."""
        last = self.last_work
        idle = last is not None and now - last >= time
        return idle and self.applied == "auto" and self.is_ready(now)

    def is_astray(self, now: datetime) -> bool:
        """Tell whether the endpoint does what it cannot do if it was told ``applied``."""
        if not self.is_fresh(now, BELIEVED_FOR):
            return False
        if self.applied == "auto":
            since = self.waking_since
            return self.state == "off" and since is not None and now - since > _WAKES_WITHIN
        if self.applied == "on":
            return self.state == "off"
        return self.state in ("ready", "starting")

    @property
    def last_work(self) -> datetime | None:
        return max(filter(None, (self.worked_at, self.finished_at)), default=None)

    def eta_seconds(self, position: int, *, now: datetime, since: datetime | None) -> int | None:
        """Estimate when the picture at this place of the queue is there.

        ``since`` is when it was sent; None for one that is still to be sent. The answer is None
        while the server is switched off or has failed, for then only who mends that knows.
        """
        ready = self.is_ready(now)
        if not ready and (self.applied == "off" or self.state == "failed"):
            return None
        interval = self.interval if self.interval.samples else self.drawing
        seconds = self.drawing.value + (position - 1) * interval.value
        if not ready:
            return round(self._start_left(now) + seconds)
        if since is not None:
            begun = max(since, self.finished_at or since)
            seconds -= min((now - begun).total_seconds(), self.drawing.value)
        return max(1, round(seconds))

    def wished(self, mode: Mode, *, by: str, at: datetime) -> ModelServer:
        """Return it as an administrator wants it."""
        return self._with(mode=mode, changed_by=by, changed_at=at)

    def under(self, window: Occurrence | None) -> ModelServer:
        """Return it as it has to be while this window is open.

        A window keeps the server on, except if an administrator has switched it off since the
        window opened.
        """
        applied = self.mode
        if window is not None:
            stays_off = self.mode == "off" and (
                self.changed_at is not None and self.changed_at >= window.starts_at
            )
            applied = "off" if stays_off else "on"
        # A start that was switched off before its end says nothing about starts.
        waking_since = None if applied == "off" else self.waking_since
        return self._with(applied=applied, window=window, waking_since=waking_since)

    def stopping(self) -> ModelServer:
        """Return it as being stopped for want of work; a request from now on wakes it again."""
        return self._with(state="stopping", waking_since=None, unfinished="idle_stop")

    def switching(self) -> ModelServer:
        """Return it with the endpoint still to be told."""
        return self._with(unfinished="switch")

    def settled(self) -> ModelServer:
        """Return it with nothing left to be done again."""
        return self._with(unfinished=None)

    def worked(self, *, at: datetime) -> ModelServer:
        """Return it with work seen; what was begun for want of it is given up."""
        unfinished = None if self.unfinished == "idle_stop" else self.unfinished
        return self._with(worked_at=at, unfinished=unfinished)

    def observed(self, observation: Observation, *, at: datetime, meter: Meter) -> ModelServer:
        """Return it as the endpoint says it is; a start that has ended counts for the average.

        A look that is older than what was seen since changes nothing.
        """
        if self.observed_at is not None and at < self.observed_at:
            return self
        ended = observation.state == "ready"
        waking_since = self.waking_since
        if observation.state == "starting" and waking_since is None:
            waking_since = at
        return self._with(
            state=observation.state,
            instances=observation.instances,
            billed=observation.billed,
            observed_at=at,
            waking_since=None if ended else waking_since,
            cold_start=self._with_start(at) if ended else self.cold_start,
            usage=self._metered(meter, until=at, billed=observation.billed),
        )

    def asked(self, *, at: datetime) -> ModelServer:
        """Return it after a request reached it: if it sleeps, it is waking from now on."""
        return self._with(waking_since=at) if self.may_sleep(at) else self

    def drew(self, *, received_at: datetime, finished_at: datetime, meter: Meter) -> ModelServer:
        """Return it after it drew a picture, which proves that it ran then.

        News that are older than what was seen since tell only when it last had work.
        """
        previous = self.finished_at
        if self.observed_at is not None and finished_at < self.observed_at:
            is_latest = previous is None or finished_at > previous
            return self._with(finished_at=finished_at) if is_latest else self
        drawing, interval = self.drawing, self.interval
        if self.waking_since is not None:
            pass  # The picture waited for the start, not for other pictures.
        elif previous is not None and previous > received_at:
            interval = _with_drawing(interval, (finished_at - previous).total_seconds())
        else:
            drawing = _with_drawing(drawing, (finished_at - received_at).total_seconds())
        billed = max(1, self.billed)
        return self._with(
            state="ready",
            instances=max(1, self.instances),
            billed=billed,
            observed_at=finished_at,
            waking_since=None,
            cold_start=self._with_start(finished_at, less=self.drawing.value),
            drawing=drawing,
            interval=interval,
            finished_at=finished_at,
            usage=self._metered(meter, until=finished_at, billed=billed),
        )

    def _metered(self, meter: Meter, *, until: datetime, billed: int) -> tuple[Usage, ...]:
        if self.observed_at is None:
            return self.usage
        return meter.read(
            self.usage,
            since=self.observed_at,
            until=until,
            instances=self.billed,
            instances_after=billed,
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

    def _with(self, **changes: object) -> ModelServer:
        return msgspec.structs.replace(self, **changes)


def _with_drawing(average: Average, seconds: float) -> Average:
    return average.with_sample(seconds) if 0 <= seconds <= _LONGEST_DRAWING else average
