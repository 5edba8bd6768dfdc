"""Replaces the signing key, every thirty days; nobody is logged out."""

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
    """Add a key and make it the current one, once however often the schedule calls.

    A run that fails changes nothing.
    """
    logger().append_keys(request=context.aws_request_id)
    key_id = services().rotate_signing_keys()
    if key_id is not None:
        logger().info("signing key rotated", extra={"key_id": key_id})
