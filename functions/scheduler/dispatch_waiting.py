"""Sends what waits for the model server and finds what got lost there, every minute."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from deepstory.config import settings
from deepstory.observability import logger
from deepstory.services import Services

# Before the next run, and before this one would be ended.
TIME_LIMIT = timedelta(seconds=40)


@cache
def services() -> Services:
    return Services(settings())


def handler(event: Mapping[str, Any], context: Any) -> None:
    """Send all that is due; what a run leaves or breaks off is found by the next."""
    logger().append_keys(request=context.aws_request_id)
    sent = services().dispatcher.dispatch_due(time_limit=TIME_LIMIT)
    logger().info("dispatched", extra={"sent": sent})
