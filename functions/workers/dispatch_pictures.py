"""Sends pictures to the model server as soon as they are asked for."""

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


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Send each new picture; one that fails does not hold up the others.

    Lambda repeats the batch from the first failed record on, which finds the sent ones claimed.
    """
    logger().append_keys(request=context.aws_request_id)
    failures = []
    sent = 0
    for record in event["Records"]:
        picture_id = record["dynamodb"]["Keys"]["picture_id"]["S"]
        try:
            sent += services().dispatcher.dispatch(picture_ids=[picture_id])
        except Exception as error:
            logger().error("not dispatched", exc_info=error, extra={"picture": picture_id})
            failures.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
    logger().info("dispatched", extra={"sent": sent, "failed": len(failures)})
    return {"batchItemFailures": failures}
