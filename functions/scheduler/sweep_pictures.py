"""Removes objects of no picture, and has pictures drawn again whose objects are lost.

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
from deepstory.upkeep_services import UpkeepServices

# For a page that is being looked at, and a checkpoint.
RESERVE = timedelta(seconds=60)


@cache
def services() -> UpkeepServices:
    return UpkeepServices(settings())


def handler(event: Mapping[str, Any], context: Any) -> None:
    """Sweep until it is done or the time is over; a run that breaks off is gone on with."""
    logger().append_keys(request=context.aws_request_id)
    left = timedelta(milliseconds=context.get_remaining_time_in_millis())
    report = services().picture_sweep.run(time_limit=left - RESERVE)
    if report is None:
        return
    logger().info("pictures swept", extra=msgspec.structs.asdict(report))
    count("OrphanedObjects", report.orphaned)
    count("OrphansRefused", report.refused)
    count("PicturesLost", report.lost)
    count("OutputsLeft", report.outputs)
