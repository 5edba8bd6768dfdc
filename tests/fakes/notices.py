"""Notices in memory, with the behaviour that the contract tests demand of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from threading import Lock

from msgspec.structs import replace

from deepstory.notices.entities import Inbox, Notice
from deepstory.posts.entities import Post


class FakePostAuthors:
    def __init__(self, posts: Mapping[str, Post]) -> None:
        self.posts = posts

    def author_of(self, post_id: str) -> str | None:
        post = self.posts.get(post_id)
        return post.author_id if post else None


class MemoryNoticeRepository:
    def __init__(self) -> None:
        self.notices: dict[str, list[Notice]] = {}
        self._told: dict[str, set[str]] = {}
        self._inboxes: dict[str, Inbox] = {}
        self._lock = Lock()

    def inbox(self, user_id: str) -> Inbox:
        return self._inboxes.get(user_id, Inbox(user_id=user_id))

    def told(self, user_id: str, keys: Iterable[str]) -> set[str]:
        return self._told.get(user_id, set()).intersection(keys)

    def add(self, inbox: Inbox, notices: Sequence[Notice]) -> bool:
        user_id, keys = inbox.user_id, {notice.news.key for notice in notices}
        with self._lock:
            stored = self.inbox(user_id)
            if stored.last != inbox.last or self.told(user_id, keys):
                return False
            self.notices.setdefault(user_id, []).extend(notices)
            self._told.setdefault(user_id, set()).update(keys)
            self._inboxes[user_id] = replace(stored, last=notices[-1].number)
            return True

    def entries(self, user_id: str, *, limit: int, before: int | None) -> Sequence[Notice]:
        newest_first = reversed(self.notices.get(user_id, []))
        return [n for n in newest_first if before is None or n.number < before][:limit]

    def first_after(self, user_id: str, number: int, *, now: datetime) -> int | None:
        live = (n.number for n in self.notices.get(user_id, []) if n.expires_at > now.timestamp())
        return next((each for each in live if each > number), None)

    def mark_read(self, user_id: str, up_to: int) -> None:
        with self._lock:
            inbox = self.inbox(user_id)
            if inbox.last:
                self._inboxes[user_id] = replace(inbox, read=max(inbox.read, up_to))
