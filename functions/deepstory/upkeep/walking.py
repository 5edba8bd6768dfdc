"""Looking at everything there is, in pages, over as many runs as it takes.

A walk has phases, and a phase has pages. How far it is lies in a checkpoint, written every few
pages and when the time is over: after any break the next run goes on from there. So whatever is
done with a page must be harmless to do again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from deepstory.clock import Clock
from deepstory.observability import logger
from deepstory.paging import Position
from deepstory.stats.rebuild import FIRST_HOUR
from deepstory.stats.repository import Checkpoints

_PAGES_PER_CHECKPOINT = 20


class Progress(msgspec.Struct, kw_only=True):
    """How far a walk is: the first phase left is under way; ``sums`` is what was found."""

    name: str
    phases: list[str]
    position: Position | None = None
    sums: dict[str, int] = msgspec.field(default_factory=dict)

    def add(self, **amounts: int) -> None:
        for name, amount in amounts.items():
            self.sums[name] = self.sums.get(name, 0) + amount


P = TypeVar("P", bound=Progress)


class Walk(Generic[P]):
    def __init__(
        self,
        kind: type[P],
        *,
        checkpoints: Checkpoints,
        clock: Clock,
        pages_per_checkpoint: int = _PAGES_PER_CHECKPOINT,
    ) -> None:
        self._kind = kind
        self._checkpoints = checkpoints
        self._clock = clock
        self._pages_per_checkpoint = pages_per_checkpoint

    def load(self) -> P | None:
        """Return where the last run stopped; None before the first, or after another release's."""
        content = self._checkpoints.load()
        try:
            return msgspec.msgpack.decode(content, type=self._kind) if content else None
        except msgspec.MsgspecError as error:
            logger().warning("a checkpoint of another release is left", exc_info=error)
            return None

    def save(self, progress: P) -> None:
        self._checkpoints.save(msgspec.msgpack.encode(progress))

    def go_on(self, progress: P, look: Callable[[P], Position | None], *, until: datetime) -> bool:
        """Look at the pages that are left of a phase; False if the time was over before the last.

        ``look`` takes the page at the progress's position and returns the next one's.
        """
        pages = 0
        while True:
            progress.position = look(progress)
            pages += 1
            if progress.position is None:
                progress.phases.pop(0)
                self.save(progress)
                return True
            is_late = self._clock.now() >= until
            if is_late or pages % self._pages_per_checkpoint == 0:
                self.save(progress)
            if is_late:
                return False


def night_of(now: datetime, zone: str) -> str | None:
    """Name the night that may have begun: None before three o'clock."""
    local = now.astimezone(ZoneInfo(zone))
    return local.date().isoformat() if local.hour >= FIRST_HOUR else None
