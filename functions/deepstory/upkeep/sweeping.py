"""Sweeping: objects that no picture knows are removed, pictures without objects drawn again.

A picture's row comes before its objects and goes before them, so an object without a row is left
over from a deletion or a delivery that broke off. A night's sweep lists the objects, reads the
rows, and lists the objects once more; it remembers both as filters that fit into its checkpoint. A
filter may take a stranger for a member: then an orphan is found another night. It never takes a
member for a stranger, so nothing that is somebody's is removed.

Nothing is removed that changed within the last days, nor anything at all when suspiciously much
would be: then people have to look first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

import msgspec

from deepstory.clock import Clock
from deepstory.observability import logger
from deepstory.paging import Position
from deepstory.stats.repository import Checkpoints
from deepstory.upkeep.filters import MemberFilter, member_filter
from deepstory.upkeep.walking import Progress, Walk, night_of

SAFE_AGE = timedelta(days=2)
# As long as the bucket's own rule keeps them in the cloud, and messages about them may come.
OUTPUT_KEPT_FOR = timedelta(days=7)
KEPT = "pictures/"
OUTPUT = "async-output/"
MAXIMUM_REMOVED = 1000
MAXIMUM_REDRAWN = 100
# More orphans than this, and than this part of all objects, are no accident.
_ALWAYS_REMOVED = 100
_REMOVED_PART = 0.05
# The filters of many pictures are megabytes.
_PAGES_PER_CHECKPOINT = 200
_OWN = re.compile(r"pictures/([0-9a-f]{40})\.(?:png|webp)")
_PHASES = ("objects", "rows", "orphans", "outputs")


class StoredObject(NamedTuple):
    key: str
    changed_at: datetime


class ObjectPage(NamedTuple):
    objects: Sequence[StoredObject]
    next: Position | None


class Row(NamedTuple):
    """What a sweep needs to know of a picture."""

    picture_id: str
    file_key: str
    is_ready: bool
    created_at: datetime


class RowPage(NamedTuple):
    rows: Sequence[Row]
    next: Position | None


class Objects(Protocol):
    def page(self, prefix: str, *, after: Position | None) -> ObjectPage:
        """List objects in the order of their keys."""

    def are_there(self, file_key: str) -> bool:
        """Tell whether both objects of a picture exist at this moment."""

    def remove(self, keys: Iterable[str]) -> None:
        """Remove objects; absent ones are no error."""


class Rows(Protocol):
    def page(self, *, after: Position | None) -> RowPage: ...

    def draw_again(self, picture_id: str) -> bool:
        """Have a ready picture wait to be drawn as before; False if it is none any more."""


class SweepProgress(Progress, kw_only=True):
    """``listed`` holds the keys of objects, ``known`` the file keys of rows."""

    begun_at: datetime
    listed: MemberFilter
    known: MemberFilter
    orphans: list[str] = msgspec.field(default_factory=list)


class SweepReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a night's sweep found.

    Attributes
    ----------
    objects, rows : how many there were to look at.
    orphaned : objects of no picture, of safe age; ``removed`` of them are gone.
    refused : orphans that were left because they were too many.
    lost : ready pictures whose objects are gone; ``redrawn`` of them wait to be drawn again.
    outputs : results of the model server that nobody took, removed.
    """

    objects: int = 0
    rows: int = 0
    orphaned: int = 0
    removed: int = 0
    refused: int = 0
    lost: int = 0
    redrawn: int = 0
    outputs: int = 0


class PictureSweep:
    def __init__(
        self,
        *,
        objects: Objects,
        rows: Rows,
        checkpoints: Checkpoints,
        clock: Clock,
        zone: str,
    ) -> None:
        self._objects = objects
        self._rows = rows
        self._clock = clock
        self._zone = zone
        self._walk = Walk(
            SweepProgress,
            checkpoints=checkpoints,
            clock=clock,
            pages_per_checkpoint=_PAGES_PER_CHECKPOINT,
        )
        self._looks = {
            "objects": self._list,
            "rows": self._match,
            "orphans": self._find,
            "outputs": self._clear,
        }

    def run(self, *, time_limit: timedelta) -> SweepReport | None:
        """Begin the night's sweep when it is due, or go on; return the report when it ends."""
        until = self._clock.now() + time_limit
        progress = self._due()
        if progress is None:
            return None
        while progress.phases:
            phase = progress.phases[0]
            if not self._walk.go_on(progress, self._looks[phase], until=until):
                return None
            if progress.phases and self._clock.now() >= until:
                return None
        return SweepReport(**progress.sums)

    def _due(self) -> SweepProgress | None:
        known, now = self._walk.load(), self._clock.now()
        if known is not None and known.phases:
            return known
        night = night_of(now, self._zone)
        if night is None or (known is not None and known.name == night):
            return None
        sums = known.sums if known is not None else {}
        return SweepProgress(
            name=night,
            phases=list(_PHASES),
            begun_at=now,
            listed=member_filter(salt=night, expected=2 * sums.get("objects", 0)),
            known=member_filter(salt=night, expected=2 * sums.get("rows", 0)),
        )

    def _list(self, progress: SweepProgress) -> Position | None:
        page = self._objects.page(KEPT, after=progress.position)
        for each in page.objects:
            progress.listed.add(each.key)
        progress.add(objects=len(page.objects))
        return page.next

    def _match(self, progress: SweepProgress) -> Position | None:
        page = self._rows.page(after=progress.position)
        for row in page.rows:
            progress.known.add(row.file_key)
            if row.is_ready and not self._is_whole(row, progress):
                self._draw_again(row, progress)
        progress.add(rows=len(page.rows))
        return page.next

    def _is_whole(self, row: Row, progress: SweepProgress) -> bool:
        if row.created_at > progress.begun_at - SAFE_AGE:
            return True
        keys = (f"{KEPT}{row.file_key}.png", f"{KEPT}{row.file_key}.webp")
        return all(key in progress.listed for key in keys) or self._objects.are_there(row.file_key)

    def _draw_again(self, row: Row, progress: SweepProgress) -> None:
        progress.add(lost=1)
        logger().error("a picture's objects are lost", extra={"picture": row.picture_id})
        if progress.sums.get("redrawn", 0) < MAXIMUM_REDRAWN:
            progress.add(redrawn=self._rows.draw_again(row.picture_id))

    def _find(self, progress: SweepProgress) -> Position | None:
        page = self._objects.page(KEPT, after=progress.position)
        for each in page.objects:
            if self._is_orphan(each, progress):
                progress.add(orphaned=1)
                if len(progress.orphans) < MAXIMUM_REMOVED:
                    progress.orphans.append(each.key)
        if page.next is None:
            self._remove_orphans(progress)
        return page.next

    def _is_orphan(self, each: StoredObject, progress: SweepProgress) -> bool:
        own = _OWN.fullmatch(each.key)
        if own is None or each.changed_at > progress.begun_at - SAFE_AGE:
            return False
        return own[1] not in progress.known

    def _remove_orphans(self, progress: SweepProgress) -> None:
        orphaned, objects = progress.sums.get("orphaned", 0), progress.sums.get("objects", 0)
        if orphaned > max(_ALWAYS_REMOVED, objects * _REMOVED_PART):
            logger().error("too many orphans to remove", extra={"orphaned": orphaned})
            progress.add(refused=orphaned)
            return
        self._objects.remove(progress.orphans)
        progress.add(removed=len(progress.orphans))

    def _clear(self, progress: SweepProgress) -> Position | None:
        page = self._objects.page(OUTPUT, after=progress.position)
        until = progress.begun_at - OUTPUT_KEPT_FOR
        old = [each.key for each in page.objects if each.changed_at <= until]
        self._objects.remove(old)
        progress.add(outputs=len(old))
        return page.next
