"""Counts likes from the stream of the likes table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from deepstory.config import settings
from deepstory.counting import Change
from deepstory.observability import logger
from deepstory.secret_diaries.entities import entry_of
from deepstory.services import Services
from workers.changes import Record, count_each


@cache
def services() -> Services:
    return Services(settings())


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Count each post's and each secret entry's likes."""
    logger().append_keys(request=context.aws_request_id)
    return count_each(event["Records"], counted=_liked, count=_count)


def _liked(record: Record) -> str:
    counted_id: str = record["dynamodb"]["Keys"]["post_id"]["S"]
    return counted_id


def _count(counted_id: str, changes: list[Change]) -> None:
    if entry_of(counted_id):
        services().secret_like_counting.count(counted_id=counted_id, changes=changes)
    else:
        services().like_counting.count(counted_id=counted_id, changes=changes)
