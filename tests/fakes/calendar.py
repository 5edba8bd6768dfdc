"""Diaries in memory, with the behaviour that the contract tests demand of both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from deepstory.calendar.entities import DiaryEntry
from fakes.posts import MemoryPostRepository


class MemoryDiaryRepository:
    def __init__(self, posts: MemoryPostRepository) -> None:
        self._posts = posts

    def between(self, author_id: str, *, first: date, last: date) -> Sequence[DiaryEntry]:
        return [
            DiaryEntry(post_id=post.post_id, diary_date=post.diary_date, picture_id=post.picture_id)
            for post in self._posts.posts.values()
            if post.author_id == author_id and first <= post.diary_date <= last
        ]

    def latest_day(self, author_id: str, *, until: date) -> date | None:
        return next((day for day in self.days(author_id) if day <= until), None)

    def days(self, author_id: str) -> Iterator[date]:
        posts = self._posts.posts.values()
        yield from sorted({p.diary_date for p in posts if p.author_id == author_id}, reverse=True)
