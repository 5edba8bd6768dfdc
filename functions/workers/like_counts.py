"""Counts likes from the stream of the likes table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from deepstory.config import settings
from deepstory.counting import Change
from deepstory.observability import logger
from deepstory.services import Services
from workers.changes import Record, count_each


@cache
def services() -> Services:
    return Services(settings())


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Count each post's likes."""
    logger().append_keys(request=context.aws_request_id)
    return count_each(event["Records"], counted=_post_of, count=_count)


def _post_of(record: Record) -> str:
    post_id: str = record["dynamodb"]["Keys"]["post_id"]["S"]
    return post_id


def _count(post_id: str, changes: list[Change]) -> None:
    services().like_counting.count(counted_id=post_id, changes=changes)
