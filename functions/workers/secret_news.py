"""What the records of friend requests, secret diaries and secret entries tell, and to whom."""

from __future__ import annotations

from collections.abc import Sequence

from deepstory.ids import is_id
from deepstory.notices.secret import SecretNoticeWriter
from workers.images import Record, commenters, key, likers, new

KINDS = frozenset({"request", "diary", "entries"})


def subject(record: Record) -> str | None:
    """Name what a new item is about; None for what is told to nobody."""
    keys = record["dynamodb"]["Keys"]
    if "request_id" in keys:
        request_id = keys["request_id"]["S"]
        return f"request {request_id}" if is_id(request_id) and _arrives(record) else None
    if "entry_id" in keys:
        return f"entries {keys['diary_id']['S']}"
    return f"diary {keys['diary_id']['S']}"


def tell(writer: SecretNoticeWriter, what: str, subject_id: str, records: Sequence[Record]) -> None:
    if what == "request":
        writer.asked(
            request_id=subject_id,
            asker_id=new(records[0], "asker_id"),
            recipient_id=new(records[0], "recipient_id"),
        )
    elif what == "diary":
        writer.accepted(
            diary_id=subject_id,
            asker_id=new(records[0], "asker_id"),
            actor_id=new(records[0], "friend_id"),
        )
    elif what == "entries":
        entries = [(key(each, "entry_id"), new(each, "author_id")) for each in records]
        writer.written(diary_id=subject_id, entries=entries)
    elif what == "likes":
        writer.liked(key=subject_id, actor_ids=likers(records))
    else:
        writer.commented(key=subject_id, actors=commenters(records))


def _arrives(record: Record) -> bool:
    """Tell a request that reaches somebody from one to nobody."""
    delivered: bool = record["dynamodb"]["NewImage"]["delivered"]["BOOL"]
    return delivered
