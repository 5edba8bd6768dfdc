"""Counting who comes, at most once in an hour."""

from __future__ import annotations

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from deepstory.clock import Clock
from deepstory.errors import UnavailableError
from deepstory.limits import Limit
from deepstory.observability import logger
from deepstory.stats.counting import of_visit
from deepstory.stats.repository import VisitRepository


class VisitCounting:
    """Hours are those of the service's time zone, as the dashboard shows them."""

    def __init__(self, *, visits: VisitRepository, clock: Clock, zone: str) -> None:
        self._visits = visits
        self._clock = clock
        self._zone = zone

    def note(self, *, user_id: str) -> None:
        """Count that a user came in this hour; again in the same hour is the same as once.

        Nobody is kept out because of it: what cannot be counted now is left uncounted.
        """
        now = self._clock.now()
        local = now.astimezone(ZoneInfo(self._zone))
        since = timedelta(
            minutes=local.minute, seconds=local.second, microseconds=local.microsecond
        )
        # In UTC, because the hour in which clocks are set back comes twice.
        begins_at = now.astimezone(UTC) - since
        once = Limit(
            key=f"visit#{user_id}#{begins_at:%Y-%m-%dT%H:%M}",
            maximum=1,
            ends_at=begins_at + timedelta(hours=1),
            owner_id=user_id,
        )
        try:
            self._visits.count_once(of_visit(user_id, now, self._zone), once)
        except UnavailableError as error:
            logger().warning("a visit was not counted", exc_info=error)
