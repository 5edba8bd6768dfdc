"""Begins to remove what belonged to deleted posts, from the stream of the posts table."""

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
    """Begin with each deleted post; a failure has Lambda repeat the batch from there on."""
    logger().append_keys(request=context.aws_request_id)
    failures = []
    removed = 0
    for record in event["Records"]:
        if record["eventName"] != "REMOVE":
            continue
        post_id = record["dynamodb"]["Keys"]["post_id"]["S"]
        try:
            removed += services().post_removal.begin(post_id=post_id)
        except Exception as error:
            logger().error("belongings not removed", exc_info=error, extra={"post": post_id})
            failures.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
    logger().info("belongings removed", extra={"removed": removed, "failed": len(failures)})
    return {"batchItemFailures": failures}
