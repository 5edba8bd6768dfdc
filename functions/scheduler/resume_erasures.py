"""Looks after erasures whose message was lost, or that have to be looked at once more."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from deepstory.config import settings
from deepstory.observability import logger
from deepstory.services import Services


@cache
def services() -> Services:
    return Services(settings())


def handler(event: Mapping[str, Any], context: Any) -> None:
    """Send a message for each that is due; what a run leaves is found by the next."""
    logger().append_keys(request=context.aws_request_id)
    sent = services().account.due_erasures.resume_due()
    logger().info("erasures resumed", extra={"sent": sent})
