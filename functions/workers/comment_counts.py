"""Counts comments from the stream of the comments table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from deepstory.comments.entities import counted_of
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
    """Count each post's and each secret entry's comments."""
    logger().append_keys(request=context.aws_request_id)
    return count_each(event["Records"], counted=_commented, count=_count)


def _commented(record: Record) -> str | None:
    return counted_of(record["dynamodb"]["Keys"]["parent"]["S"])


def _count(counted_id: str, changes: list[Change]) -> None:
    if entry_of(counted_id):
        services().secret_comment_counting.count(counted_id=counted_id, changes=changes)
    else:
        services().comment_counting.count(counted_id=counted_id, changes=changes)
