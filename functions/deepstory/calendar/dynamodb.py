"""The days of diaries: an index of the posts table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from deepstory.calendar.entities import DiaryEntry
from deepstory.dynamodb import bound
from deepstory.posts.items import PostItem

# Keys of a thousand entries lie well below the megabyte that one query can read.
_PAGE = 1000


class DynamoDBDiaryRepository:
    def __init__(self, posts_table: str) -> None:
        self._posts = bound(PostItem, posts_table)

    def between(self, author_id: str, *, first: date, last: date) -> Sequence[DiaryEntry]:
        items = self._posts.by_day.query(
            author_id, PostItem.diary_date.between(first.isoformat(), last.isoformat())
        )
        return [
            DiaryEntry(
                post_id=item.post_id,
                diary_date=date.fromisoformat(item.diary_date),
                picture_id=item.picture_id,
            )
            for item in items
        ]

    def latest_day(self, author_id: str, *, until: date) -> date | None:
        items = self._posts.by_day.query(
            author_id,
            PostItem.diary_date <= until.isoformat(),
            scan_index_forward=False,
            limit=1,
        )
        return next((date.fromisoformat(item.diary_date) for item in items), None)

    def days(self, author_id: str) -> Iterator[date]:
        items = self._posts.by_day.query(author_id, scan_index_forward=False, page_size=_PAGE)
        for day, _ in groupby(items, key=lambda item: item.diary_date):
            yield date.fromisoformat(day)
