"""From what clocks show to moments, on days when clocks are set forward or back too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def first_moment(wall: datetime, zone: str) -> datetime:
    """Return the first moment at which clocks of the zone show this time or a later one.

    A time that comes twice, because clocks are set back, is the first of the two; one that never
    comes, because they are set forward, is the moment in which they are set.
    """
    place = ZoneInfo(zone)
    late = wall.replace(tzinfo=place).astimezone(UTC)
    if _shown(late, place) == wall:
        return late
    # Clocks skip it: reckoned with the offset after that, it is a moment before that.
    early = wall.replace(tzinfo=place, fold=1).astimezone(UTC)
    while late - early > _SECOND:
        middle = early + (late - early) // 2 // _SECOND * _SECOND
        early, late = (early, middle) if _shown(middle, place) >= wall else (middle, late)
    return late


def _shown(moment: datetime, place: ZoneInfo) -> datetime:
    return moment.astimezone(place).replace(tzinfo=None)
