"""What every store of notices must do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pynamodb.exceptions import PynamoDBException

from deepstory.config import Settings
from deepstory.dynamodb import bound, connection
from deepstory.notices.dynamodb import DynamoDBNoticeRepository, NoticeItem
from deepstory.notices.entities import Inbox, Notice
from deepstory.notices.kinds import commented, liked, picture_ended
from deepstory.notices.posts import DynamoDBPostAuthors
from deepstory.notices.repository import NoticeRepository
from deepstory.notices.writing import AT_ONCE, NoticeWriter
from fakes.blocks import MemoryBlockRepository
from fakes.core import START, FixedClock
from fakes.notices import FakePostAuthors, MemoryNoticeRepository
from support.post_stores import POST, dynamodb_posts

EMPTY = Inbox(user_id="u1")


@pytest.fixture(params=["memory", "dynamodb"])
def notices(request: pytest.FixtureRequest) -> NoticeRepository:
    if request.param == "memory":
        return MemoryNoticeRepository()
    return dynamodb_notices(request.getfixturevalue("settings").notices_table)


def dynamodb_notices(notices_table: str) -> DynamoDBNoticeRepository:
    return DynamoDBNoticeRepository(notices_table=notices_table, connection=connection())


def notice(number: int, *, user_id: str = "u1", days: int = 90) -> Notice:
    return Notice(
        user_id=user_id,
        number=number,
        news=liked(post_id="p1", actor_id=f"actor {number}"),
        created_at=START,
        expires_at=int((START + timedelta(days=days)).timestamp()),
    )


class TestNoticeRepository:
    def test_inbox_that_got_nothing_is_empty(self, notices: NoticeRepository) -> None:
        notices.mark_read("u1", 3)

        assert notices.inbox("u1") == EMPTY
        assert notices.entries("u1", limit=9, before=None) == []
        assert notices.first_after("u1", 0, now=START) is None

    def test_added_notices_are_read_as_they_were(self, notices: NoticeRepository) -> None:
        news = (
            commented(post_id="p1", comment_id="c1", actor_id="u2"),
            picture_ended(picture_id="x", ready=False),
        )
        added = [
            Notice(user_id="u1", number=n, news=each, created_at=START, expires_at=2_000_000_000)
            for n, each in enumerate(news, start=1)
        ]

        assert notices.add(EMPTY, added)

        assert notices.entries("u1", limit=9, before=None) == added[::-1]
        assert notices.inbox("u1") == Inbox(user_id="u1", last=2)
        assert notices.inbox("u2") == Inbox(user_id="u2")

    def test_notices_are_written_only_over_the_inbox_they_were_made_from(
        self, notices: NoticeRepository
    ) -> None:
        assert notices.add(EMPTY, [notice(1)])
        assert not notices.add(EMPTY, [notice(2)])
        assert notices.add(Inbox(user_id="u1", last=1), [notice(2)])

        assert notices.inbox("u1").last == 2

    def test_what_was_told_is_known_and_refuses_everything_beside_it(
        self, notices: NoticeRepository
    ) -> None:
        notices.add(EMPTY, [notice(1)])
        again = Notice(
            user_id="u1",
            number=3,
            news=notice(1).news,
            created_at=START,
            expires_at=2_000_000_000,
        )
        keys = [notice(1).news.key, notice(2).news.key]

        assert notices.told("u1", keys) == {keys[0]}
        assert notices.told("u2", keys) == set()
        assert not notices.add(Inbox(user_id="u1", last=1), [notice(2), again])

        assert notices.inbox("u1").last == 1
        assert len(notices.entries("u1", limit=9, before=None)) == 1

    def test_reading_only_goes_forward(self, notices: NoticeRepository) -> None:
        notices.add(EMPTY, [notice(n) for n in range(1, 6)])

        for up_to, expected in ((3, 3), (2, 3), (3, 3), (5, 5)):
            notices.mark_read("u1", up_to)
            assert notices.inbox("u1") == Inbox(user_id="u1", last=5, read=expected)

        notices.add(notices.inbox("u1"), [notice(6)])
        assert notices.inbox("u1") == Inbox(user_id="u1", last=6, read=5)

    @pytest.mark.parametrize("step", [1, 3, 5, 9])
    def test_pages_are_newest_first_and_neither_repeat_nor_skip(
        self, notices: NoticeRepository, step: int
    ) -> None:
        notices.add(EMPTY, [notice(n) for n in range(1, 6)])
        notices.add(Inbox(user_id="u2"), [notice(1, user_id="u2")])
        found: list[int] = []
        while True:
            before = found[-1] if found else None
            entries = notices.entries("u1", limit=step, before=before)
            found += [each.number for each in entries]
            if len(entries) < step:
                break

        assert found == [5, 4, 3, 2, 1]

    def test_first_after_passes_over_what_expired(self, notices: NoticeRepository) -> None:
        expired = [notice(n, days=1) for n in range(1, 41)]
        notices.add(EMPTY, expired)
        notices.add(notices.inbox("u1"), [notice(n, days=n) for n in range(41, 81)])
        notices.add(notices.inbox("u1"), [notice(81), notice(82)])
        now = START + timedelta(days=60)

        assert notices.first_after("u1", 0, now=START) == 1
        assert notices.first_after("u1", 40, now=START) == 41
        assert notices.first_after("u1", 0, now=now) == 61
        assert notices.first_after("u1", 81, now=now) == 82
        assert notices.first_after("u1", 82, now=now) is None

    def test_as_many_as_are_written_at_once_fit_into_one_transaction(
        self, notices: NoticeRepository
    ) -> None:
        writer = NoticeWriter(
            notices=notices,
            posts=FakePostAuthors({}),
            blocks=MemoryBlockRepository(),
            clock=FixedClock(),
        )
        news = [liked(post_id="p1", actor_id=f"actor {n}") for n in range(AT_ONCE + 1)]

        for _ in range(2):
            writer.tell(user_id="u1", news=news)

        assert notices.inbox("u1") == Inbox(user_id="u1", last=AT_ONCE + 1)


def test_posts_have_authors_until_they_are_gone(settings: Settings) -> None:
    posts, authors = (
        dynamodb_posts(settings.posts_table),
        DynamoDBPostAuthors(settings.posts_table),
    )
    posts.add(POST)

    assert authors.author_of(POST.post_id) == POST.author_id
    posts.remove(POST.post_id, author_id=POST.author_id)
    assert authors.author_of(POST.post_id) is None


def test_items_expire_and_the_inbox_does_not(settings: Settings) -> None:
    dynamodb_notices(settings.notices_table).add(EMPTY, [notice(1)])
    items = bound(NoticeItem, settings.notices_table).query("u1")

    assert {item.notice_key.partition("#")[0]: item.expires_at for item in items} == {
        "inbox": None,
        "n": notice(1).expires_at,
        "told": notice(1).expires_at,
    }


@pytest.mark.usefixtures("settings")
def test_failure_that_is_no_refusal_is_not_taken_for_one() -> None:
    notices = dynamodb_notices("missing")

    for attempt in (
        lambda: notices.add(EMPTY, [notice(1)]),
        lambda: notices.mark_read("u1", 1),
        lambda: notices.inbox("u1"),
    ):
        with pytest.raises(PynamoDBException):
            attempt()
