"""Compares the counts of likes and comments with what is counted, and repairs wrong ones.

It is called every hour: from three o'clock on, in the service's time zone, the first call begins,
those after it go on with what is left, and all of them repair what has been wrong for a day.
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
RESERVE = timedelta(seconds=90)


@cache
def services() -> UpkeepServices:
    return UpkeepServices(settings())


def handler(event: Mapping[str, Any], context: Any) -> None:
    """Look until everything is seen or the time is over; a run that breaks off is gone on with."""
    logger().append_keys(request=context.aws_request_id)
    left = timedelta(milliseconds=context.get_remaining_time_in_millis()) - RESERVE
    # What the first leaves of its half is the other's.
    reports = [services().count_verification.run(time_limit=left / 2)]
    left = timedelta(milliseconds=context.get_remaining_time_in_millis()) - RESERVE
    reports.append(services().secret_count_verification.run(time_limit=left))
    for of, report in zip(("posts", "secret entries"), reports, strict=True):
        logger().info("counts verified", extra={"of": of, **msgspec.structs.asdict(report)})
    count("CountDrift", sum(report.drift for report in reports))
    count("CountSuspects", sum(report.suspects for report in reports))
