"""Begins to remove what belonged to deleted posts and secret entries, from their streams."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from deepstory.config import settings
from deepstory.observability import logger
from deepstory.secret_diaries.entities import entry_key
from deepstory.services import Services


@cache
def services() -> Services:
    return Services(settings())


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Begin with each deleted one; a failure has Lambda repeat the batch from there on."""
    logger().append_keys(request=context.aws_request_id)
    failures = []
    removed = 0
    for record in event["Records"]:
        if record["eventName"] != "REMOVE":
            continue
        counted_id = _counted(record["dynamodb"]["Keys"])
        try:
            removed += services().post_removal.begin(counted_id=counted_id)
        except Exception as error:
            logger().error("belongings not removed", exc_info=error, extra={"of": counted_id})
            failures.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
    logger().info("belongings removed", extra={"removed": removed, "failed": len(failures)})
    return {"batchItemFailures": failures}


def _counted(keys: Mapping[str, Any]) -> str:
    """Return under which id likes and comments of the deleted were counted."""
    if "entry_id" in keys:
        return entry_key(keys["diary_id"]["S"], keys["entry_id"]["S"])
    post_id: str = keys["post_id"]["S"]
    return post_id
