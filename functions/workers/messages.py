"""What the Lambdas that take messages from a queue have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from deepstory.observability import logger


def take_each(
    event: Mapping[str, Any], take: Callable[[bytes], object], *, done: str
) -> dict[str, Any]:
    """Take each message; one that fails does not hold up the others and comes again.

    ``done`` names in the log what becomes of a message that is taken.
    """
    failures = []
    for record in event["Records"]:
        try:
            take(record["body"].encode())
        except Exception as error:
            logger().error(f"not {done}", exc_info=error, extra={"record": record["messageId"]})
            failures.append({"itemIdentifier": record["messageId"]})
    taken = len(event["Records"]) - len(failures)
    logger().info(done, extra={"messages": taken, "failed": len(failures)})
    return {"batchItemFailures": failures}
