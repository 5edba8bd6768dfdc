"""What the streams of secret friends bring about: counts, notices and removal, each once."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import pytest

from deepstory import counting
from deepstory.config import Settings
from deepstory.posts import removal
from deepstory.posts.removal import PostRemoval
from deepstory.secret_diaries.entities import entry_key
from support.secret_stores import JUN, MINA, SORA, Home, memory_home
from workers import comment_counts, like_counts, notices, posts_removed

CONTEXT = SimpleNamespace(aws_request_id="request-1")
NAMES = {1: "INSERT", -1: "REMOVE"}

Record = dict[str, Any]


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Home:
    home = memory_home()
    services: Any = home.services
    services.post_removal = PostRemoval([services.like_repository, services.comment_repository])
    for worker in (like_counts, comment_counts, notices, posts_removed):
        monkeypatch.setattr(worker, "services", lambda: services)
    return home


def record(
    keys: dict[str, str],
    sequence: int,
    name: str = "INSERT",
    *,
    delivered: bool | None = None,
    **image: str | None,
) -> Record:
    new: dict[str, Any] = {
        key: {"S": value} for key, value in (keys | image).items() if value is not None
    }
    if delivered is not None:
        new["delivered"] = {"BOOL": delivered}
    return {
        "eventName": name,
        "dynamodb": {
            "Keys": {key: {"S": value} for key, value in keys.items()},
            "NewImage": new,
            "SequenceNumber": f"{sequence:021}",
        },
    }


def run(worker: Any, *records: Record) -> list[str]:
    answer = worker.handler({"Records": list(records)}, CONTEXT)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def request_record(home: Home, request_id: str) -> Record:
    request = home.services.friend_request_repository.get(request_id)
    assert request
    return record(
        {"request_id": request_id},
        1,
        asker_id=request.asker_id,
        recipient_id=request.recipient_id,
        delivered=request.delivered,
    )


def entry_record(diary_id: str, entry_id: str, author_id: str, name: str = "INSERT") -> Record:
    return record({"diary_id": diary_id, "entry_id": entry_id}, 2, name, author_id=author_id)


def told(home: Home, user_id: str) -> list[tuple[str, str | None, dict[str, str]]]:
    repository: Any = home.services.notice_repository
    found = repository.notices.get(user_id, [])
    return [(each.news.kind, each.news.actor_id, each.news.targets) for each in found]


class TestNotices:
    def test_asked_person_is_told_once(self, home: Home) -> None:
        request_id = home.ask()

        for _ in range(3):
            assert run(notices, request_record(home, request_id)) == []

        assert told(home, JUN) == [("friend_requested", MINA, {"request_id": request_id})]
        assert told(home, MINA) == []

    def test_request_to_nobody_is_told_to_nobody(self, home: Home) -> None:
        home.block(JUN, MINA)
        for email in (f"{JUN}@example.com", "nobody@example.com"):
            run(notices, request_record(home, home.ask_address(email)))
        run(
            notices,
            record({"request_id": f"~asked#{MINA}#email#x"}, 4, asker_id=MINA),
            record({"request_id": f"~slot#{JUN}#{MINA}"}, 5, asker_id=MINA, recipient_id=JUN),
        )

        repository: Any = home.services.notice_repository
        assert repository.notices == {}

    def test_asker_is_told_that_there_is_a_diary(self, home: Home) -> None:
        diary_id = home.befriend()
        opened = record({"diary_id": diary_id}, 1, asker_id=MINA, friend_id=JUN)

        for _ in range(2):
            assert run(notices, opened) == []
        run(notices, opened | {"eventName": "MODIFY"})

        assert told(home, MINA) == [("friend_accepted", JUN, {"diary_id": diary_id})]
        assert told(home, JUN) == []

    def test_each_is_told_what_the_other_does_and_never_what_it_says(self, home: Home) -> None:
        diary_id = home.befriend()
        mine, theirs = home.write(diary_id, MINA), home.write(diary_id, JUN)
        key = entry_key(diary_id, mine)
        records = [
            entry_record(diary_id, mine, MINA),
            entry_record(diary_id, theirs, JUN),
            record({"post_id": key, "user_id": JUN}, 3),
            record({"post_id": key, "user_id": MINA}, 4),
            record({"parent": key, "comment_id": "c1"}, 5, author_id=JUN, text="예쁘다"),
            record({"parent": key, "comment_id": "c2"}, 6, author_id=MINA, text="고마워"),
        ]

        for _ in range(2):
            assert run(notices, *records) == []

        about = {"diary_id": diary_id, "entry_id": mine}
        assert told(home, MINA) == [
            ("entry_written", JUN, {"diary_id": diary_id, "entry_id": theirs}),
            ("entry_liked", JUN, about),
            ("entry_commented", JUN, about | {"comment_id": "c1"}),
        ]
        assert told(home, JUN) == [
            ("entry_written", MINA, about),
            ("entry_commented", MINA, about | {"comment_id": "c2"}),
        ]

    def test_nobody_is_told_of_a_closed_diary_or_a_deleted_entry(self, home: Home) -> None:
        diary_id = home.befriend()
        entry_id, deleted = home.write(diary_id), home.write(diary_id)
        home.services.secret_entries.delete(diary_id=diary_id, entry_id=deleted, author_id=MINA)
        run(notices, record({"post_id": entry_key(diary_id, deleted), "user_id": JUN}, 1))
        home.services.secret_diaries.leave(diary_id=diary_id, user_id=MINA)

        key = entry_key(diary_id, entry_id)
        failures = run(
            notices,
            entry_record(diary_id, entry_id, MINA),
            record({"post_id": key, "user_id": JUN}, 3),
            record({"parent": key, "comment_id": "c1"}, 5, author_id=JUN),
            entry_record("no diary", entry_id, MINA),
        )

        assert failures == []
        assert told(home, MINA) == told(home, JUN) == []


def like_records(home: Home) -> list[Record]:
    likes: Any = home.services.like_repository
    return [
        record({"post_id": key, "user_id": "u"}, change.sequence, NAMES[change.amount])
        for key, change in list(likes.stream)
    ]


def comment_records(home: Home) -> list[Record]:
    comments: Any = home.services.comment_repository
    return [
        record({"parent": key, "comment_id": "c"}, change.sequence, NAMES[change.amount])
        for key, change in list(comments.stream)
    ]


class TestCounts:
    @pytest.mark.parametrize("seed", range(5))
    def test_any_cutting_and_repeating_of_the_streams_gives_the_exact_counts(
        self, home: Home, seed: int
    ) -> None:
        choice = random.Random(seed)  # noqa: S311  # no secret
        diary_id = home.befriend()
        place: Any = {"diary_id": diary_id, "entry_id": home.write(diary_id)}
        likes, comments = home.services.secret_likes, home.services.secret_comments
        for _ in range(20):
            user_id = choice.choice([MINA, JUN])
            choice.choice([likes.like, likes.unlike])(**place, user_id=user_id)
            written = comments.write(**place, author_id=user_id, text="a").comment
            if choice.random() < 0.5:
                comments.delete(**place, comment_id=written.comment_id, user_id=user_id)

        for worker, records in (
            (like_counts, like_records(home)),
            (comment_counts, comment_records(home)),
        ):
            done = 0
            while done < len(records):
                end = choice.randint(done + 1, len(records))
                start = choice.randint(0, done)
                assert run(worker, *records[start:end], *records[start:end][:3]) == []
                done = end

        entry = home.services.secret_entry_repository.get(**place)
        assert entry
        stored: Any = home.services.like_repository
        assert entry.like_count == len(stored.likes)
        listed = comments.list_of(**place, user_id=JUN, limit=100).items
        assert entry.comment_count == len(listed) > 0

    def test_posts_and_secret_entries_of_one_batch_are_both_counted(self, home: Home) -> None:
        diary_id = home.befriend()
        entry_id = home.write(diary_id)
        home.services.secret_likes.like(diary_id=diary_id, entry_id=entry_id, user_id=JUN)
        counted: list[str] = []
        services: Any = home.services
        services.like_counting = SimpleNamespace(
            count=lambda counted_id, changes: counted.append(counted_id)
        )

        run(like_counts, *like_records(home), record({"post_id": "p1", "user_id": "u"}, 99))

        assert counted == ["p1"]
        entry = home.services.secret_entry_repository.get(diary_id, entry_id)
        assert entry
        assert entry.like_count == 1


class TestRemoval:
    def test_likes_and_comments_of_a_deleted_entry_go_and_others_stay(
        self, home: Home, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in (counting, removal):
            monkeypatch.setattr(module, "REMOVED_AT_ONCE", 2)
        diary_id = home.befriend()
        gone, kept = home.write(diary_id), home.write(diary_id)
        for entry_id in (gone, kept):
            place: Any = {"diary_id": diary_id, "entry_id": entry_id}
            home.services.secret_likes.like(**place, user_id=JUN)
            for _ in range(7):
                home.services.secret_comments.write(**place, author_id=JUN, text="a")
        comments: Any = home.services.comment_repository
        done = len(comments.stream)
        home.services.secret_entries.delete(diary_id=diary_id, entry_id=gone, author_id=MINA)

        assert run(posts_removed, entry_record(diary_id, gone, MINA, "REMOVE")) == []
        assert run(posts_removed, entry_record(diary_id, kept, MINA, "MODIFY")) == []
        while done < len(comments.stream):
            batch, done = comment_records(home)[done:], len(comments.stream)
            assert run(comment_counts, *batch) == []

        likes: Any = home.services.like_repository
        assert set(likes.likes) == {(entry_key(diary_id, kept), JUN)}
        assert {parent for parent, _ in comments.comments} == {entry_key(diary_id, kept)}
        assert len(comments.comments) == 7


def test_workers_build_what_secret_friends_need_of_the_tables_they_are_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = Settings(
        likes_table="l",
        comments_table="c",
        posts_table="p",
        notices_table="n",
        blocks_table="b",
        secret_diaries_table="d",
        secret_entries_table="e",
    )
    for worker, names in (
        (like_counts, ["secret_like_counting"]),
        (comment_counts, ["secret_comment_counting"]),
        (notices, ["secret_notice_writer"]),
    ):
        monkeypatch.setattr(worker, "settings", lambda: settings)
        worker.services.cache_clear()
        for name in names:
            assert getattr(worker.services(), name) is not None
        worker.services.cache_clear()


def test_stranger_is_told_nothing(home: Home) -> None:
    diary_id = home.befriend()
    entry_id = home.write(diary_id)
    run(
        notices,
        record({"parent": entry_key(diary_id, entry_id), "comment_id": "c"}, 1, author_id=SORA),
    )

    assert told(home, MINA) == told(home, JUN) == told(home, SORA) == []
