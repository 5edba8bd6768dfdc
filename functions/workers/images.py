"""What the records of streams hold, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Record = Mapping[str, Any]


def key(record: Record, name: str) -> str:
    value: str = record["dynamodb"]["Keys"][name]["S"]
    return value


def new(record: Record, name: str) -> str:
    value: str = record["dynamodb"]["NewImage"][name]["S"]
    return value


def likers(records: Iterable[Record]) -> list[str]:
    """Return who likes."""
    return [key(record, "user_id") for record in records]


def commenters(records: Iterable[Record]) -> list[tuple[str, str]]:
    """Return comments as pairs of comment id and author id."""
    return [(key(record, "comment_id"), new(record, "author_id")) for record in records]
