"""Packs exports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import msgspec

from deepstory.config import settings
from deepstory.exports.entities import ExportOrder
from deepstory.observability import logger
from deepstory.services import Services
from workers.messages import take_each

# For the end of the ZIP, and for noting how it ended.
RESERVE = timedelta(seconds=30)


@cache
def services() -> Services:
    return Services(settings())


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Pack each export that is waited for; a failure has its message come again."""
    logger().append_keys(request=context.aws_request_id)

    def pack(body: bytes) -> None:
        order = msgspec.json.decode(body, type=ExportOrder)
        left = timedelta(milliseconds=context.get_remaining_time_in_millis())
        services().account.export_packer.pack(order, time_limit=left - RESERVE)

    return take_each(event, pack, done="packed")
