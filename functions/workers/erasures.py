"""Erases what belonged to closed accounts, one bounded step for each message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import msgspec

from deepstory.config import settings
from deepstory.erasure.entities import EraseOrder
from deepstory.observability import logger
from deepstory.services import Services
from workers.messages import take_each

# For the removals under way, and for the message that goes on.
RESERVE = timedelta(seconds=60)


@cache
def services() -> Services:
    return Services(settings())


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Go on with each erasure; a failure has its message come again."""
    logger().append_keys(request=context.aws_request_id)

    def erase(body: bytes) -> None:
        order = msgspec.json.decode(body, type=EraseOrder)
        left = timedelta(milliseconds=context.get_remaining_time_in_millis())
        services().account.cascade.step(user_id=order.user_id, time_limit=left - RESERVE)

    return take_each(event, erase, done="erased")
