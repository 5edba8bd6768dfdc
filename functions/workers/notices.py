"""Tells people what happened, from the streams of what they do and of pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from deepstory.comments.entities import counted_of
from deepstory.config import settings
from deepstory.observability import logger
from deepstory.secret_diaries.entities import entry_of
from deepstory.services import Services
from workers import secret_news
from workers.images import Record, commenters, likers, new

_READY = "ready"
_ENDS = frozenset({_READY, "failed"})


@cache
def services() -> Services:
    return Services(settings())


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Tell of each thing's changes; one that fails does not hold up the others.

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
    """Return the records that are news by what they are about, in order."""
    groups: dict[str, list[Record]] = {}
    for record in records:
        subject = _subject(record)
        if subject is not None:
            groups.setdefault(subject, []).append(record)
    return groups


def _subject(record: Record) -> str | None:
    keys = record["dynamodb"]["Keys"]
    if "picture_id" in keys:
        ended = record["eventName"] == "MODIFY" and new(record, "status") in _ENDS
        return f"picture {keys['picture_id']['S']}" if ended else None
    if record["eventName"] != "INSERT":
        return None
    if "parent" in keys:
        counted_id = counted_of(keys["parent"]["S"])
        return f"comments {counted_id}" if counted_id else None
    if "post_id" in keys:
        return f"likes {keys['post_id']['S']}"
    return secret_news.subject(record)


def _tell(subject: str, records: Sequence[Record]) -> None:
    what, _, subject_id = subject.partition(" ")
    if what in secret_news.KINDS or entry_of(subject_id):
        secret_news.tell(services().secret_notice_writer, what, subject_id, records)
        return
    writer = services().notice_writer
    if what == "likes":
        writer.liked(post_id=subject_id, actor_ids=likers(records))
    elif what == "comments":
        writer.commented(post_id=subject_id, actors=commenters(records))
    else:
        last = records[-1]
        writer.picture_ended(
            picture_id=subject_id,
            owner_id=new(last, "owner_id"),
            ready=new(last, "status") == _READY,
        )
