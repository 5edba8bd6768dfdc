"""Keeps the search index from the stream of the posts table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from deepstory.config import settings
from deepstory.observability import logger
from deepstory.services import Services

_SEARCHED = ("title", "text", "tags", "visibility", "hidden")


@cache
def services() -> Services:
    return Services(settings())


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Bring each post's place in the index up to date; one that fails holds up no other.

    Lambda repeats the batch from the first failed record on. A record says only that a post
    changed, so neither repetitions nor their order matter.
    """
    logger().append_keys(request=context.aws_request_id)
    posts = changed_posts(event["Records"])
    failures = []
    written = 0
    for post_id, first_record in posts.items():
        try:
            written += services().search_indexing.update(post_id=post_id)
        except Exception as error:
            logger().error("post not indexed", exc_info=error, extra={"post": post_id})
            failures.append({"itemIdentifier": first_record})
    logger().info("posts indexed", extra={"written": written, "failed": len(failures)})
    return {"batchItemFailures": failures}


def changed_posts(records: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the posts to look at, each with the first record that says so."""
    posts: dict[str, str] = {}
    for record in sorted(records, key=_sequence):
        if _matters(record):
            post_id = record["dynamodb"]["Keys"]["post_id"]["S"]
            posts.setdefault(post_id, record["dynamodb"]["SequenceNumber"])
    return posts


def _matters(record: Mapping[str, Any]) -> bool:
    """Tell whether a change can be seen in the index: most are likes of posts without tags."""
    if record["eventName"] != "MODIFY":
        return True
    old, new = record["dynamodb"]["OldImage"], record["dynamodb"]["NewImage"]
    if any(old.get(name) != new.get(name) for name in _SEARCHED):
        return True
    return bool(new["tags"]["L"]) and old.get("rank") != new.get("rank")


def _sequence(record: Mapping[str, Any]) -> int:
    return int(record["dynamodb"]["SequenceNumber"])
