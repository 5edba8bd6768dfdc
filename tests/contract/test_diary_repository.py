"""What every store of diaries must do; entries are written as posts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from deepstory.calendar.dynamodb import DynamoDBDiaryRepository
from deepstory.calendar.entities import DiaryEntry
from deepstory.calendar.repository import DiaryRepository
from deepstory.posts.entities import Changes
from deepstory.posts.feeds import author_feed
from deepstory.posts.repository import PostRepository
from fakes.calendar import MemoryDiaryRepository
from fakes.posts import MemoryPostRepository
from support.post_stores import LATER, POST, ids, walk

DAY = POST.diary_date
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture
def diary(posts: PostRepository, request: pytest.FixtureRequest) -> DiaryRepository:
    if isinstance(posts, MemoryPostRepository):
        return MemoryDiaryRepository(posts)
    return DynamoDBDiaryRepository(request.getfixturevalue("settings").posts_table)


def write(posts: PostRepository, post_id: str, day: date, author_id: str = "u1") -> None:
    posts.add(replace(POST, post_id=post_id, diary_date=day, author_id=author_id))


def found(diary: DiaryRepository, first: date = FIRST, last: date = LAST) -> list[str]:
    return sorted(entry.post_id for entry in diary.between("u1", first=first, last=last))


class TestDiaryRepository:
    def test_days_of_a_month_are_found_and_no_others(
        self, posts: PostRepository, diary: DiaryRepository
    ) -> None:
        for number, day in enumerate(
            [date(2026, 10, 31), FIRST, DAY, DAY, LAST, date(2026, 12, 1)]
        ):
            write(posts, f"p{number}", day)
        write(posts, "q", DAY, author_id="u2")

        assert found(diary) == ["p1", "p2", "p3", "p4"]
        assert found(diary, DAY, DAY) == ["p2", "p3"]

    def test_entries_carry_their_picture(
        self, posts: PostRepository, diary: DiaryRepository
    ) -> None:
        posts.add(replace(POST, picture_id="x", visibility="private"))

        assert diary.between("u1", first=DAY, last=DAY) == [
            DiaryEntry(post_id="p1", diary_date=DAY, picture_id="x")
        ]

    def test_moved_and_deleted_entries_leave_their_day(
        self, posts: PostRepository, diary: DiaryRepository
    ) -> None:
        write(posts, "p1", DAY)
        write(posts, "p2", DAY)
        moved = Changes(diary_date=DAY - timedelta(days=1))

        posts.change("p1", author_id="u1", changes=moved, now=LATER)
        posts.remove("p2", author_id="u1")

        assert found(diary, DAY, DAY) == []
        assert found(diary) == ["p1"]

    def test_exchanged_picture_is_the_days(
        self, posts: PostRepository, diary: DiaryRepository
    ) -> None:
        posts.add(replace(POST, picture_id="x"))
        for picture_id in ("y", None):
            changes = Changes(picture_id=picture_id)
            posts.change("p1", author_id="u1", changes=changes, now=LATER)

            (entry,) = diary.between("u1", first=DAY, last=DAY)
            assert entry.picture_id == picture_id

    def test_latest_day_is_not_after_the_given_one(
        self, posts: PostRepository, diary: DiaryRepository
    ) -> None:
        write(posts, "p1", date(2020, 2, 29))
        write(posts, "p2", DAY)
        write(posts, "q", date(2024, 1, 1), author_id="u2")

        assert diary.latest_day("u1", until=DAY) == DAY
        assert diary.latest_day("u1", until=DAY - timedelta(days=1)) == date(2020, 2, 29)
        assert diary.latest_day("u1", until=date(2020, 2, 28)) is None

    def test_each_day_is_given_once_latest_first(
        self, posts: PostRepository, diary: DiaryRepository
    ) -> None:
        for number, offset in enumerate([3, 0, 1, 1, 0, 9]):
            write(posts, f"p{number}", DAY - timedelta(days=offset))

        wanted = [DAY - timedelta(days=offset) for offset in (0, 1, 3, 9)]
        assert list(diary.days("u1")) == wanted
        assert list(diary.days("u2")) == []


class TestAuthorFeed:
    def test_has_an_authors_public_posts_and_follows_their_visibility(
        self, posts: PostRepository
    ) -> None:
        posts.add(POST)
        posts.add(replace(POST, post_id="p2", visibility="private"))
        posts.add(replace(POST, post_id="q", author_id="u2"))
        feed = author_feed("u1")
        assert ids(posts, feed) == ["p1"]

        for post_id, visibility in (("p1", "private"), ("p2", "public")):
            changes = Changes(visibility=visibility)  # type: ignore[arg-type]  # a wider type on purpose
            posts.change(post_id, author_id="u1", changes=changes, now=LATER)
        assert ids(posts, feed) == ["p2"]

        posts.remove("p2", author_id="u1")
        assert ids(posts, feed) == []

    def test_pages_neither_repeat_nor_skip(self, posts: PostRepository) -> None:
        wanted = [f"p{number}" for number in range(7)]
        for post_id in wanted:
            write(posts, post_id, DAY)

        for step in (1, 3, 7, 10):
            assert list(walk(posts, author_feed("u1"), step=step)) == wanted[::-1]
