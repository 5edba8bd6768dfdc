"""The user's day and month, on which the daily quota and the gallery's months stand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from deepstory.clock import local_date
from deepstory.limits import Limit


def daily_quota(owner_id: str, *, zone: str, maximum: int, now: datetime) -> Limit:
    """Return the limit of pictures until midnight where the owner lives.

    The day is named by its date, so that changing one's zone opens no second day of that date.
    """
    day = local_date(now, zone)
    return Limit(
        key=f"pictures#{owner_id}#{day.isoformat()}",
        maximum=maximum,
        ends_at=_midnight(day + timedelta(days=1), zone),
    )


def month_bounds(month: date, zone: str) -> tuple[datetime, datetime]:
    """Return when a month begins and when the next one does, given any of its days."""
    first = month.replace(day=1)
    return _midnight(first, zone), _midnight((first + timedelta(days=31)).replace(day=1), zone)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)
