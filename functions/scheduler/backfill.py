"""Brings rows of earlier releases into today's form, once after each deployment that needs it.

It is called every hour: calls go on with what is left, and find nothing to do once all is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import msgspec

from deepstory.config import settings
from deepstory.observability import logger
from deepstory.upkeep_services import UpkeepServices

# For a page that is being brought up to date, and a checkpoint.
RESERVE = timedelta(seconds=180)


@cache
def services() -> UpkeepServices:
    return UpkeepServices(settings())


def handler(event: Mapping[str, Any], context: Any) -> None:
    """Go on until it is done or the time is over; a run that breaks off is gone on with."""
    logger().append_keys(request=context.aws_request_id)
    left = timedelta(milliseconds=context.get_remaining_time_in_millis())
    report = services().backfill.run(time_limit=left - RESERVE)
    if report is not None:
        logger().info("backfilled", extra=msgspec.structs.asdict(report))
