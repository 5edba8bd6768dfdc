"""Takes what SageMaker tells about requests: what was drawn, or why not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from deepstory.config import settings
from deepstory.ids import is_id
from deepstory.observability import logger
from deepstory.services import Services
from workers.notifications import Notification, fault_of, parse


@cache
def services() -> Services:
    return Services(settings())


def handler(event: Mapping[str, Any], context: Any) -> None:
    """Take each notification; a failure has Lambda repeat the event, which does no harm."""
    logger().append_keys(request=context.aws_request_id)
    for record in event["Records"]:
        notification = parse(record["Sns"]["Message"])
        if notification is None or not is_id(notification.inference_id):
            logger().info("notification without a picture", extra={"kind": _kind(notification)})
            continue
        take(notification)


def take(notification: Notification) -> None:
    """Bring one notification to the picture it is about."""
    finisher, picture_id = services().finisher, notification.inference_id
    about = {"picture": picture_id, "status": notification.invocation_status}
    if notification.is_completed:
        finisher.complete(
            picture_id=picture_id,
            location=notification.response_parameters.output_location,
            received_at=notification.received_at,
            finished_at=notification.event_time,
        )
    else:
        fault = fault_of(notification)
        about["fault"] = fault.error.code
        finisher.fail(
            picture_id=picture_id,
            fault=fault,
            received_at=notification.received_at,
            location=notification.response_parameters.failure_location or None,
        )
    logger().info("notification taken", extra=about)


def _kind(notification: Notification | None) -> str:
    return notification.event_name if notification else "unreadable"
