"""Opens and closes the windows of the schedule and stops an idle model server, every minute.

It has no power of its own: the Lambda that alone may scale decides, and does it.
"""

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
    """Have it done; what a run leaves or breaks off is finished by the next."""
    logger().append_keys(request=context.aws_request_id)
    report = services().model_control.tend()
    about = {"mode": report.effective_mode, "state": report.state, "queue": report.queue_length}
    logger().info("tended", extra=about)
