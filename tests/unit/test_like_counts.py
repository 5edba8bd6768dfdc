"""Counting likes from a stream that repeats itself."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepstory.config import Settings
from deepstory.counting import Change, Counting
from deepstory.errors import NotFoundError, UnavailableError
from deepstory.likes.entities import Like
from deepstory.posts.counters import PostCounter
from deepstory.posts.entities import Changes
from fakes.posts import World
from workers import like_counts

CONTEXT = SimpleNamespace(aws_request_id="request-1")

Record = dict[str, Any]
Event = dict[str, Any]


def counting(world: World) -> Counting[PostCounter]:
    return Counting(world.posts.counters, world.likes)


class FakeServices:
    def __init__(self, world: World) -> None:
        self.like_counting = counting(world)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr(like_counts, "services", lambda: FakeServices(world))
    return world


def record(post_id: str, sequence: int, name: str) -> Record:
    return {
        "eventName": name,
        "dynamodb": {
            "Keys": {"post_id": {"S": post_id}, "user_id": {"S": "u"}},
            "SequenceNumber": f"{sequence:021}",
        },
    }


def records_of(world: World) -> list[Record]:
    return [
        record(post_id, change.sequence, "INSERT" if change.amount == 1 else "REMOVE")
        for post_id, change in list(world.likes.stream)
    ]


def deliver(records: Sequence[Record]) -> list[str]:
    answer = like_counts.handler({"Records": records}, CONTEXT)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def true_count(world: World, post_id: str) -> int:
    return sum(1 for liked, _ in world.likes.likes if liked == post_id)


class TestDelivery:
    def test_each_change_is_counted(self, world: World) -> None:
        first, second = world.write("u1"), world.write("u1")

        failures = deliver(
            [
                record(first, 1, "INSERT"),
                record(second, 2, "INSERT"),
                record(first, 3, "INSERT"),
                record(second, 4, "REMOVE"),
            ]
        )

        assert failures == []
        assert world.posts.posts[first].like_count == 2
        assert world.posts.posts[second].like_count == 0

    def test_order_within_a_batch_and_copies_in_it_do_not_matter(self, world: World) -> None:
        post_id = world.write("u1")
        records = [record(post_id, n, "INSERT") for n in (100, 99, 9, 100, 1000)]

        deliver(records)

        assert world.posts.posts[post_id].like_count == 4

    def test_unlike_of_what_a_restored_post_never_held_takes_nothing_from_a_later_like(
        self, world: World
    ) -> None:
        post_id = world.write("u1")

        deliver([record(post_id, 1, "REMOVE"), record(post_id, 2, "INSERT")])

        assert world.posts.posts[post_id].like_count == 1

    def test_changes_that_are_neither_likes_nor_unlikes_do_not_count(self, world: World) -> None:
        post_id = world.write("u1")

        assert deliver([record(post_id, 1, "MODIFY")]) == []

        assert world.posts.posts[post_id].like_count == 0

    def test_like_that_came_after_its_post_was_deleted_is_removed(self, world: World) -> None:
        world.likes.add(Like(post_id="gone", user_id="u2", liked_id="l1"))
        world.likes.add(Like(post_id="other", user_id="u2", liked_id="l2"))

        assert deliver([record("gone", 1, "INSERT")]) == []

        assert set(world.likes.likes) == {("other", "u2")}

    def test_failing_post_is_repeated_from_its_first_record_and_holds_up_no_other(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        failing, working = world.write("u1"), world.write("u1")
        records = [
            record(p, n, "INSERT") for n, p in enumerate([working, failing, failing, working])
        ]
        whole = world.posts.counters.get

        def broken(post_id: str) -> PostCounter | None:
            if post_id == failing:
                raise ConnectionError("no route")
            return whole(post_id)

        with monkeypatch.context() as breaking:
            breaking.setattr(world.posts.counters, "get", broken)
            assert deliver(records) == [f"{1:021}"]
        assert world.posts.posts[working].like_count == 2

        assert deliver(records[1:]) == []
        assert world.posts.posts[failing].like_count == world.posts.posts[working].like_count == 2

    def test_repetition_after_a_crash_in_the_middle_counts_nothing_twice(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        posts = [world.write("u1") for _ in range(3)]
        records = [record(p, n, "INSERT") for n, p in enumerate(posts * 2)]
        whole = Counting[PostCounter].count

        def crash(self: Counting[PostCounter], *, counted_id: str, changes: list[Change]) -> None:
            whole(self, counted_id=counted_id, changes=changes)
            if counted_id == posts[1]:
                raise SystemExit

        with monkeypatch.context() as crashing:
            crashing.setattr(Counting, "count", crash)
            with pytest.raises(SystemExit):
                deliver(records)
        deliver(records)

        assert [world.posts.posts[p].like_count for p in posts] == [2, 2, 2]


def test_function_builds_its_services_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        like_counts, "settings", lambda: Settings(posts_table="posts", likes_table="likes")
    )
    like_counts.services.cache_clear()

    assert like_counts.services() is like_counts.services()
    like_counts.services.cache_clear()


class TestCounting:
    def test_lost_race_is_repeated_over_the_new_state(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        post_id = world.write("u1")
        counters, whole = world.posts.counters, world.posts.counters.get

        def overtaken(post_id: str) -> PostCounter | None:
            counter = whole(post_id)
            monkeypatch.setattr(counters, "get", whole)
            counting(world).count(counted_id=post_id, changes=[Change(1, 1)])
            return counter

        monkeypatch.setattr(counters, "get", overtaken)
        changes = [Change(1, 1), Change(2, 1)]
        counting(world).count(counted_id=post_id, changes=changes)

        assert world.posts.posts[post_id].like_count == 2

    def test_counter_that_stays_contended_is_an_error_and_counts_nothing(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        post_id = world.write("u1")
        monkeypatch.setattr(world.posts.counters, "replace", lambda *_, **__: False)

        with pytest.raises(UnavailableError):
            counting(world).count(counted_id=post_id, changes=[Change(1, 1)])

    @given(
        likes=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 4)), max_size=60),
        data=st.data(),
    )
    def test_any_cutting_and_repeating_of_the_stream_gives_the_exact_count(
        self, likes: list[tuple[str, int]], data: st.DataObject
    ) -> None:
        world = World()
        posts = {name: world.write("u1") for name in "abc"}
        for name, person in likes:
            toggle(world, posts[name], f"person {person}")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(like_counts, "services", lambda: FakeServices(world))
            records, checkpoint = records_of(world), 0
            while checkpoint < len(records):
                # A repetition starts anywhere before the checkpoint, never after it.
                start = data.draw(st.integers(0, checkpoint))
                end = data.draw(st.integers(checkpoint + 1, len(records)))
                batch = data.draw(st.permutations(records[start:end]))
                deliver([*batch, *batch[:3]])
                checkpoint = end

        for post_id in posts.values():
            assert world.posts.posts[post_id].like_count == true_count(world, post_id)


def toggle(world: World, post_id: str, user_id: str) -> None:
    if not world.likes.remove(post_id=post_id, user_id=user_id):
        world.like_service.like(post_id=post_id, user_id=user_id)


def test_200_people_liking_and_unliking_at_once_are_counted_exactly(world: World) -> None:
    """Two consumers read the same stream at their own pace while people and author are busy."""
    post_id = world.write("u1")

    def behave(number: int) -> None:
        choice = random.Random(number)  # noqa: S311  # no secret
        for _ in range(choice.randint(1, 7)):
            act = choice.choice([world.like_service.like, world.like_service.unlike])
            with suppress(NotFoundError):  # private at this moment
                act(post_id=post_id, user_id=f"person {number}")
        if number % 20 == 0:
            changes = Changes(visibility="private" if number % 40 else "public", title="새 제목")
            world.posts.change(post_id, author_id="u1", changes=changes, now=world.clock.now())
            world.posts.change(
                post_id, author_id="u1", changes=Changes(visibility="public"), now=world.clock.now()
            )

    def consume(seed: int) -> None:
        choice, checkpoint = random.Random(seed), 0  # noqa: S311  # no secret
        for _ in range(40):
            records = records_of(world)
            end = min(len(records), checkpoint + choice.randint(1, 40))
            deliver(records[max(0, checkpoint - choice.randint(0, 30)) : end])
            checkpoint = end
        deliver(records_of(world)[checkpoint:])

    with ThreadPoolExecutor(16) as people:
        busy = [people.submit(behave, number) for number in range(200)]
        busy += [people.submit(consume, seed) for seed in (1, 2)]
        for done in busy:
            done.result()
    consume(3)

    assert 0 < true_count(world, post_id) < 200
    assert world.posts.posts[post_id].like_count == true_count(world, post_id)
