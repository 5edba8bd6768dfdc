"""Notices from streams that repeat themselves."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from deepstory.comments.entities import of_post
from deepstory.config import Settings
from deepstory.notices.writing import NoticeWriter
from fakes.notices import FakePostAuthors, MemoryNoticeRepository
from fakes.posts import World
from workers import notices

CONTEXT = SimpleNamespace(aws_request_id="request-1")

Record = dict[str, Any]


class FakeServices:
    def __init__(self, world: World) -> None:
        self.store = MemoryNoticeRepository()
        self.posts = FakePostAuthors(world.posts.posts)
        self.notice_writer = NoticeWriter(
            notices=self.store,
            posts=self.posts,
            blocks=world.blocks,
            clock=world.clock,
        )

    def told(self, user_id: str) -> list[tuple[str, str | None]]:
        found = self.store.notices.get(user_id, [])
        return [(notice.news.kind, notice.news.actor_id) for notice in found]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def services(world: World, monkeypatch: pytest.MonkeyPatch) -> FakeServices:
    services = FakeServices(world)
    monkeypatch.setattr(notices, "services", lambda: services)
    return services


def record(keys: dict[str, str], sequence: int, *, name: str = "INSERT", **image: str) -> Record:
    return {
        "eventName": name,
        "dynamodb": {
            "Keys": {key: {"S": value} for key, value in keys.items()},
            "NewImage": {key: {"S": value} for key, value in (keys | image).items()},
            "SequenceNumber": f"{sequence:021}",
        },
    }


def like(post_id: str, user_id: str, sequence: int, *, name: str = "INSERT") -> Record:
    return record({"post_id": post_id, "user_id": user_id}, sequence, name=name)


def comment(parent: str, author_id: str, sequence: int) -> Record:
    keys = {"parent": parent, "comment_id": f"c{sequence}"}
    return record(keys, sequence, author_id=author_id)


def picture(status: str, sequence: int, *, name: str = "MODIFY") -> Record:
    return record({"picture_id": "x"}, sequence, name=name, owner_id="u1", status=status)


def deliver(*records: Record) -> list[str]:
    answer = notices.handler({"Records": records}, CONTEXT)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_each_change_tells_whom_it_concerns_once(world: World, services: FakeServices) -> None:
    mine, theirs = world.write("u1"), world.write("u2")
    records = [
        like(mine, "u2", 1),
        like(theirs, "u1", 2),
        comment(of_post(mine), "u2", 3),
        picture("ready", 4),
    ]

    for _ in range(2):
        assert deliver(*records) == []

    assert services.told("u1") == [("liked", "u2"), ("commented", "u2"), ("picture_ready", None)]
    assert services.told("u2") == [("liked", "u1")]


def test_what_is_no_news_tells_nobody(world: World, services: FakeServices) -> None:
    post_id = world.write("u1")

    failures = deliver(
        like(post_id, "u2", 1, name="REMOVE"),
        like(post_id, "u1", 2),
        comment("other#d#e", "u2", 3),
        picture("queued", 4),
        picture("cancelled", 5),
        picture("failed", 6, name="REMOVE"),
        like("gone", "u2", 7),
    )

    assert failures == []
    assert services.store.notices == {}


def test_picture_that_failed_is_told(services: FakeServices) -> None:
    deliver(picture("queued", 1), picture("failed", 2))

    assert services.told("u1") == [("picture_failed", None)]


def test_failing_post_is_repeated_from_its_first_record_and_holds_up_no_other(
    world: World, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing, working = world.write("u1"), world.write("u1")
    records = [like(working, "u2", 1), like(failing, "u2", 2), like(failing, "u3", 3)]
    records.append(like(working, "u3", 4))
    whole = services.posts.author_of

    def broken(post_id: str) -> str | None:
        if post_id == failing:
            raise ConnectionError("no route")
        return whole(post_id)

    with monkeypatch.context() as breaking:
        breaking.setattr(services.posts, "author_of", broken)
        assert deliver(*records) == [f"{2:021}"]
    assert len(services.told("u1")) == 2

    assert deliver(*records[1:]) == []
    assert len(services.told("u1")) == 4


def test_function_builds_its_services_once(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(posts_table="p", notices_table="n", blocks_table="b")
    monkeypatch.setattr(notices, "settings", lambda: settings)
    notices.services.cache_clear()

    assert notices.services().notice_writer is notices.services().notice_writer
    notices.services.cache_clear()
