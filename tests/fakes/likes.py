"""Likes in memory, with the behaviour that the contract tests demand of both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from threading import Lock

from deepstory.counting import Change
from deepstory.ids import BEHIND_IDS
from deepstory.likes.entities import Like


class MemoryLikeRepository:
    """Keeps the stream of changes too, as ``(post id, change)`` in order."""

    def __init__(self) -> None:
        self.likes: dict[tuple[str, str], Like] = {}
        self.stream: list[tuple[str, Change]] = []
        self._lock = Lock()

    def add(self, like: Like) -> bool:
        with self._lock:
            if (like.post_id, like.user_id) in self.likes:
                return False
            self.likes[like.post_id, like.user_id] = like
            self._note(like.post_id, 1)
            return True

    def remove(self, *, post_id: str, user_id: str) -> bool:
        with self._lock:
            if self.likes.pop((post_id, user_id), None) is None:
                return False
            self._note(post_id, -1)
            return True

    def liked_by(self, user_id: str, post_ids: Iterable[str]) -> set[str]:
        return {post_id for post_id in post_ids if (post_id, user_id) in self.likes}

    def entries(self, user_id: str, *, limit: int, after: Like | None) -> Sequence[Like]:
        likes = sorted(
            (
                like
                for like in self.likes.values()
                if like.user_id == user_id and like.liked_id < BEHIND_IDS
            ),
            key=lambda like: like.liked_id,
            reverse=True,
        )
        if after is not None:
            likes = [like for like in likes if like.liked_id < after.liked_id]
        return likes[:limit]

    def count_of(self, counted_id: str) -> int:
        return sum(1 for post_id, _ in list(self.likes) if post_id == counted_id)

    def remove_of(self, counted_id: str, *, limit: int) -> int:
        users = sorted(user_id for post_id, user_id in list(self.likes) if post_id == counted_id)
        return sum(self.remove(post_id=counted_id, user_id=each) for each in users[:limit])

    def _note(self, post_id: str, amount: int) -> None:
        self.stream.append((post_id, Change(len(self.stream), amount)))
