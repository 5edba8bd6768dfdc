"""Counts everything again at night and repairs counters that are wrong.

It is called every hour: from three o'clock on, in the service's time zone, the first call begins,
those after it go on with what is left, and the others find nothing to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import msgspec

from deepstory.config import settings
from deepstory.observability import count, logger
from deepstory.services import Services

# For a page that is being read, a checkpoint, and the comparison of one kind.
RESERVE = timedelta(seconds=60)


@cache
def services() -> Services:
    return Services(settings())


def handler(event: Mapping[str, Any], context: Any) -> None:
    """Recount until it is done or the time is over; a run that breaks off is gone on with."""
    logger().append_keys(request=context.aws_request_id)
    left = timedelta(milliseconds=context.get_remaining_time_in_millis())
    for report in services().stats_rebuild.run(time_limit=left - RESERVE):
        logger().info("recounted", extra=msgspec.structs.asdict(report))
        count("StatisticsDrift", report.drift)
