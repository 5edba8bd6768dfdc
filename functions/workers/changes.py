"""What the Lambdas that read a table's stream to count have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from deepstory.counting import Change
from deepstory.observability import logger

_AMOUNTS = {"INSERT": 1, "REMOVE": -1}

Record = Mapping[str, Any]


class Batch(NamedTuple):
    """One counter's changes, and the record from which to repeat if they cannot be counted."""

    first_record: str
    changes: list[Change]


def count_each(
    records: Iterable[Record],
    *,
    counted: Callable[[Record], str | None],
    count: Callable[[str, list[Change]], None],
) -> dict[str, Any]:
    """Count the changes of each post; one that fails does not hold up the others.

    ``counted`` names the post of a record, None for a record that is not counted. Lambda repeats
    the batch from the first failed record on, so that the order within a post is kept. What was
    counted is known and passed over then.
    """
    by_post = batches(records, counted)
    failures = []
    for post_id, batch in by_post.items():
        try:
            count(post_id, batch.changes)
        except Exception as error:
            logger().error("not counted", exc_info=error, extra={"post": post_id})
            failures.append({"itemIdentifier": batch.first_record})
    logger().info("counted", extra={"posts": len(by_post), "failed": len(failures)})
    return {"batchItemFailures": failures}


def batches(records: Iterable[Record], counted: Callable[[Record], str | None]) -> dict[str, Batch]:
    """Return the changes by post, each in the order in which they happened."""
    by_post: dict[str, Batch] = {}
    for record in sorted(records, key=sequence_of):
        amount = _AMOUNTS.get(record["eventName"])
        post_id = counted(record)
        if amount is None or post_id is None:
            continue
        batch = by_post.setdefault(post_id, Batch(record["dynamodb"]["SequenceNumber"], []))
        batch.changes.append(Change(sequence_of(record), amount))
    return by_post


def sequence_of(record: Record) -> int:
    return int(record["dynamodb"]["SequenceNumber"])
