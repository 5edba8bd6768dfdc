"""Counts likes from the stream of the likes table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from deepstory.config import settings
from deepstory.likes.entities import LikeChange
from deepstory.observability import logger
from deepstory.services import Services

_AMOUNTS = {"INSERT": 1, "REMOVE": -1}


class Batch(NamedTuple):
    """One post's changes, and the record from which to repeat if they cannot be counted."""

    first_record: str
    changes: list[LikeChange]


@cache
def services() -> Services:
    return Services(settings())


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Count each post's likes; a post that fails does not hold up the others.

    Lambda repeats the batch from the first failed record on, so that the order within a post is
    kept. What was counted is known and passed over then.
    """
    logger().append_keys(request=context.aws_request_id)
    by_post = batches(event["Records"])
    failures = []
    for post_id, batch in by_post.items():
        try:
            services().like_counting.count(post_id=post_id, changes=batch.changes)
        except Exception as error:
            logger().error("likes not counted", exc_info=error, extra={"post": post_id})
            failures.append({"itemIdentifier": batch.first_record})
    logger().info("likes counted", extra={"posts": len(by_post), "failed": len(failures)})
    return {"batchItemFailures": failures}


def batches(records: Iterable[Mapping[str, Any]]) -> dict[str, Batch]:
    """Return the changes by post, each in the order in which they happened."""
    by_post: dict[str, Batch] = {}
    for record in sorted(records, key=_sequence):
        amount = _AMOUNTS.get(record["eventName"])
        if amount is None:
            continue
        post_id = record["dynamodb"]["Keys"]["post_id"]["S"]
        batch = by_post.setdefault(post_id, Batch(record["dynamodb"]["SequenceNumber"], []))
        batch.changes.append(LikeChange(_sequence(record), amount))
    return by_post


def _sequence(record: Mapping[str, Any]) -> int:
    return int(record["dynamodb"]["SequenceNumber"])
