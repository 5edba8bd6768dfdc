"""Counting comments, and removing what belonged to deleted posts, from repeating streams."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepstory import counting
from deepstory.comments.entities import of_post
from deepstory.config import Settings
from deepstory.counting import Counting
from deepstory.likes.entities import Like
from deepstory.posts import removal
from deepstory.posts.removal import PostRemoval
from fakes.posts import World
from workers import comment_counts, like_counts, posts_removed

CONTEXT = SimpleNamespace(aws_request_id="request-1")
NAMES = {1: "INSERT", -1: "REMOVE"}

Record = dict[str, Any]


class FakeServices:
    def __init__(self, world: World) -> None:
        self.like_counting = Counting(world.posts.counters, world.likes)
        self.comment_counting = Counting(world.posts.comment_counters, world.comments)
        self.post_removal = PostRemoval([world.likes, world.comments])


def connect(world: World, patch: pytest.MonkeyPatch) -> World:
    for worker in (comment_counts, like_counts, posts_removed):
        patch.setattr(worker, "services", lambda: FakeServices(world))
    return world


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return connect(World(), monkeypatch)


def record(keys: dict[str, str], sequence: int, name: str) -> Record:
    return {
        "eventName": name,
        "dynamodb": {
            "Keys": {key: {"S": value} for key, value in keys.items()},
            "SequenceNumber": f"{sequence:021}",
        },
    }


def comment_records(world: World) -> list[Record]:
    return [
        record({"parent": parent, "comment_id": "c"}, change.sequence, NAMES[change.amount])
        for parent, change in list(world.comments.stream)
    ]


def like_records(world: World) -> list[Record]:
    return [
        record({"post_id": post_id, "user_id": "u"}, change.sequence, NAMES[change.amount])
        for post_id, change in list(world.likes.stream)
    ]


def count(records: list[Record]) -> list[str]:
    answer = comment_counts.handler({"Records": records}, CONTEXT)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def remove(post_id: str) -> list[str]:
    event = {"Records": [record({"post_id": post_id}, 1, "REMOVE")]}
    answer = posts_removed.handler(event, CONTEXT)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_comments_are_counted_in_their_post(world: World) -> None:
    first, second = world.write("u1"), world.write("u1")
    for post_id in (first, first, second):
        world.comment_service.write(post_id=post_id, author_id="u2", text="a")
    (entry, *_) = world.comments.entries(of_post(first), limit=1, after=None)
    world.comments.remove(entry)

    assert count(comment_records(world)) == []

    details = world.post_service.read(post_id=first, viewer_id=None)
    assert (details.post.comment_count, details.post.like_count) == (1, 0)
    assert world.posts.posts[second].comment_count == 1


def test_comments_on_what_nobody_knows_are_left_to_others(world: World) -> None:
    assert count([record({"parent": "other#d#e", "comment_id": "c"}, 1, "INSERT")]) == []


def test_failing_post_is_repeated_from_its_first_record(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_id = world.write("u1")
    records = [record({"parent": of_post(post_id)}, n, "INSERT") for n in (4, 5)]
    with monkeypatch.context() as breaking:
        breaking.setattr(world.posts.comment_counters, "replace", lambda *_, **__: False)
        assert count(records) == [f"{4:021}"]

    assert count(records) == []
    assert world.posts.posts[post_id].comment_count == 2


@given(
    changes=st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), max_size=40), data=st.data()
)
def test_any_cutting_and_repeating_of_the_stream_gives_the_exact_count(
    changes: list[tuple[str, bool]], data: st.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        world = connect(World(), patch)
        posts = {name: world.write("u1") for name in "ab"}
        for name, writes in changes:
            parent = of_post(posts[name])
            entries = world.comments.entries(parent, limit=1, after=None)
            if writes or not entries:
                world.comment_service.write(post_id=posts[name], author_id="u2", text="a")
            else:
                world.comments.remove(entries[0])
        records, checkpoint = comment_records(world), 0
        while checkpoint < len(records):
            start = data.draw(st.integers(0, checkpoint))
            end = data.draw(st.integers(checkpoint + 1, len(records)))
            assert count([*records[start:end], *records[start:end][:3]]) == []
            checkpoint = end

    for post_id in posts.values():
        true_count = len(world.comments.entries(of_post(post_id), limit=99, after=None))
        assert world.posts.posts[post_id].comment_count == true_count


class TestRemoval:
    def test_likes_and_comments_of_a_deleted_post_go_and_others_stay(self, world: World) -> None:
        gone, kept = world.write("u1"), world.write("u1")
        for post_id in (gone, kept):
            world.like_service.like(post_id=post_id, user_id="u2")
            world.comment_service.write(post_id=post_id, author_id="u2", text="a")
        world.post_service.delete(post_id=gone, author_id="u1")

        for _ in range(2):
            assert remove(gone) == []

        assert set(world.likes.likes) == {(kept, "u2")}
        assert {parent for parent, _ in world.comments.comments} == {of_post(kept)}

    def test_other_changes_of_posts_remove_nothing(self, world: World) -> None:
        post_id = world.write("u1")
        world.like_service.like(post_id=post_id, user_id="u2")
        records = [record({"post_id": post_id}, n, name) for n, name in enumerate(NAMES.values())]

        posts_removed.handler({"Records": records[:1]}, CONTEXT)

        assert len(world.likes.likes) == 1

    def test_failure_is_repeated_from_its_record(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world.likes.add(Like(post_id="p1", user_id="u2", liked_id="l1"))

        def broken(*_: object, **__: object) -> int:
            raise ConnectionError("no route")

        with monkeypatch.context() as breaking:
            breaking.setattr(world.comments, "remove_of", broken)
            assert remove("p1") == [f"{1:021}"]

        assert remove("p1") == []
        assert world.likes.likes == {}

    @pytest.mark.parametrize("seed", range(5))
    def test_more_than_one_step_removes_is_removed_by_its_own_removals(
        self, world: World, monkeypatch: pytest.MonkeyPatch, seed: int
    ) -> None:
        choice = random.Random(seed)  # noqa: S311  # no secret
        for module in (counting, removal):
            monkeypatch.setattr(module, "REMOVED_AT_ONCE", 3)
        post_id = world.write("u1")
        for number in range(20):
            world.like_service.like(post_id=post_id, user_id=f"person {number}")
            world.comment_service.write(post_id=post_id, author_id="u2", text="a")
        streams = [
            (like_records, like_counts.handler, world.likes.stream),
            (comment_records, comment_counts.handler, world.comments.stream),
        ]
        done = [len(stream) for *_, stream in streams]
        world.post_service.delete(post_id=post_id, author_id="u1")

        remove(post_id)
        assert len(world.likes.likes) == len(world.comments.comments) == 17
        # Someone saw the post in its last moment.
        world.likes.add(Like(post_id=post_id, user_id="late", liked_id="l"))
        while any(len(stream) > done[n] for n, (*_, stream) in enumerate(streams)):
            for n, (records_of, handler, _) in enumerate(streams):
                records = records_of(world)
                end = min(len(records), done[n] + choice.randint(1, 4))
                batch = records[max(0, done[n] - choice.randint(0, 2)) : end]
                assert handler({"Records": batch}, CONTEXT) == {"batchItemFailures": []}
                done[n] = end

        assert world.likes.likes == {}
        assert world.comments.comments == {}


@pytest.mark.parametrize("worker", [comment_counts, posts_removed])
def test_functions_build_their_services_once(worker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(posts_table="p", likes_table="l", comments_table="c")
    monkeypatch.setattr(worker, "settings", lambda: settings)
    worker.services.cache_clear()

    assert worker.services() is worker.services()
    assert worker.services().post_removal is not None
    assert worker.services().comment_counting is not None
    worker.services.cache_clear()
