"""Tells people what happened, from the streams of likes, comments and pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from deepstory.comments.entities import post_of
from deepstory.config import settings
from deepstory.observability import logger
from deepstory.services import Services

Record = Mapping[str, Any]

_READY = "ready"
_ENDS = frozenset({_READY, "failed"})


@cache
def services() -> Services:
    return Services(settings())


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Tell of each post's and picture's changes; one that fails does not hold up the others.

    Lambda repeats the batch from the first failed record on; what was told is known then.
    """
    logger().append_keys(request=context.aws_request_id)
    groups = _by_subject(event["Records"])
    failures = []
    for subject, records in groups.items():
        try:
            _tell(subject, records)
        except Exception as error:
            logger().error("not told", exc_info=error, extra={"subject": subject})
            failures.append({"itemIdentifier": records[0]["dynamodb"]["SequenceNumber"]})
    logger().info("told", extra={"subjects": len(groups), "failed": len(failures)})
    return {"batchItemFailures": failures}


def _by_subject(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Return the records that are news by the post or picture that they are about, in order."""
    groups: dict[str, list[Record]] = {}
    for record in records:
        subject = _subject(record)
        if subject is not None:
            groups.setdefault(subject, []).append(record)
    return groups


def _subject(record: Record) -> str | None:
    keys = record["dynamodb"]["Keys"]
    if "picture_id" in keys:
        ended = record["eventName"] == "MODIFY" and _new(record, "status") in _ENDS
        return f"picture {keys['picture_id']['S']}" if ended else None
    if record["eventName"] != "INSERT":
        return None
    if "parent" in keys:
        post_id = post_of(keys["parent"]["S"])
        return f"comments {post_id}" if post_id else None
    return f"likes {keys['post_id']['S']}"


def _tell(subject: str, records: Sequence[Record]) -> None:
    what, _, subject_id = subject.partition(" ")
    writer = services().notice_writer
    if what == "likes":
        writer.liked(post_id=subject_id, actor_ids=[_key(each, "user_id") for each in records])
    elif what == "comments":
        actors = [(_key(each, "comment_id"), _new(each, "author_id")) for each in records]
        writer.commented(post_id=subject_id, actors=actors)
    else:
        last = records[-1]
        writer.picture_ended(
            picture_id=subject_id,
            owner_id=_new(last, "owner_id"),
            ready=_new(last, "status") == _READY,
        )


def _key(record: Record, name: str) -> str:
    value: str = record["dynamodb"]["Keys"][name]["S"]
    return value


def _new(record: Record, name: str) -> str:
    value: str = record["dynamodb"]["NewImage"][name]["S"]
    return value
