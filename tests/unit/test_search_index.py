"""Keeping the index from a stream that repeats itself and comes in any order."""

from __future__ import annotations

import random
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from deepstory.config import Settings
from deepstory.posts.feeds import rank
from fakes.search import SearchWorld
from support.indexing import assert_right, crash_at
from workers import search_index

CONTEXT = SimpleNamespace(aws_request_id="request-1")

Record = dict[str, Any]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> SearchWorld:
    world = SearchWorld()
    serve(monkeypatch, world)
    return world


def serve(patch: pytest.MonkeyPatch, world: SearchWorld) -> None:
    patch.setattr(search_index, "services", lambda: SimpleNamespace(search_indexing=world.indexing))


def image(title: str = "제목", *, tags: Sequence[str] = (), likes: int = 0) -> Record:
    return {
        "title": {"S": title},
        "text": {"S": "글"},
        "tags": {"L": [{"S": tag} for tag in tags]},
        "visibility": {"S": "public"},
        "rank": {"S": rank(likes, "p")},
    }


def record(
    post_id: str, sequence: int, old: Record | None = None, new: Record | None = None
) -> Record:
    name = "MODIFY" if old and new else ("INSERT" if new else "REMOVE")
    images = {"OldImage": old, "NewImage": new}
    return {
        "eventName": name,
        "dynamodb": {
            "Keys": {"post_id": {"S": post_id}},
            "SequenceNumber": f"{sequence:021}",
            **{key: value for key, value in images.items() if value},
        },
    }


def deliver(records: Sequence[Record]) -> list[str]:
    answer = search_index.handler({"Records": records}, CONTEXT)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


class TestDelivery:
    def test_posts_of_a_batch_are_indexed(self, world: SearchWorld) -> None:
        posts = [world.write(title=title) for title in ("바다", "산")]

        assert deliver([record(p, n, new=image()) for n, p in enumerate(posts)]) == []

        assert_right(world)

    def test_changes_that_cannot_be_seen_in_the_index_are_passed_over(
        self, world: SearchWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(world.indexing, "update", pytest.fail)
        liked = image(likes=1)

        assert deliver([record("p", 1, old=image(), new=liked)]) == []
        assert deliver([record("p", 2, old=image(tags=["눈"]), new=image(tags=["눈"]))]) == []

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (image("바다"), image("산")),
            (image(tags=["눈"]), image(tags=["눈"], likes=1)),
            (image(), image() | {"visibility": {"S": "private"}}),
            (image(), image() | {"hidden": {"BOOL": True}}),
            (image(), None),
            (None, image()),
        ],
    )
    def test_changes_that_can_be_seen_are_looked_at(
        self, world: SearchWorld, old: Record | None, new: Record | None
    ) -> None:
        assert search_index.changed_posts([record("p", 7, old, new)]) == {"p": f"{7:021}"}

    def test_failing_post_is_repeated_from_its_first_record_and_holds_up_no_other(
        self, world: SearchWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        working, failing = world.write(), world.write()
        records = [
            record(p, n, new=image()) for n, p in enumerate([working, failing, failing, working])
        ]
        whole = world.posts.get

        def broken(post_id: str) -> Any:
            if post_id == failing:
                raise ConnectionError("no route")
            return whole(post_id)

        with monkeypatch.context() as breaking:
            breaking.setattr(world.posts, "get", broken)
            assert deliver(records[::-1]) == [f"{1:021}"]
        assert world.postings.terms_of(working)

        assert deliver(records[1:]) == []
        assert_right(world)

    def test_story_delivered_three_times_shuffled_with_a_crash_gives_the_right_index(
        self, world: SearchWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        posts = [world.write(title=f"첫눈 {n}", tags=("눈",)) for n in range(6)]
        records = [record(p, n, new=image()) for n, p in enumerate(posts)]
        world.edit(posts[0], title="바다", tags=("Sea",))
        world.edit(posts[1], visibility="private")
        world.post_service.delete(post_id=posts[2], author_id="u1")
        edits = [record(p, 10 + n, image("a"), image("b")) for n, p in enumerate(posts[:2])]
        records += [*edits, record(posts[2], 12, old=image())]

        for seed, crash in ((1, None), (2, "add"), (3, None)):
            shuffled = random.Random(seed).sample(records, len(records))  # noqa: S311  # no secret
            if crash:
                # Something happened since, so that there is something to write at the crash.
                world.edit(posts[3], title="강", tags=("물",))
                with monkeypatch.context() as crashing:
                    crash_at(crashing, world, crash)
                    with pytest.raises(SystemExit):
                        deliver([record(posts[3], 20, image("a"), image("b")), *shuffled])
            for start in range(0, len(shuffled), 4):
                assert deliver(shuffled[start : start + 4]) == []

        assert_right(world)

    @given(
        story=st.lists(
            st.tuples(st.integers(0, 2), st.sampled_from(["edit", "hide", "show", "like"])),
            max_size=12,
        ),
        data=st.data(),
    )
    @settings(max_examples=60)
    def test_any_order_and_repetition_of_the_stream_gives_the_right_index(
        self, story: list[tuple[int, str]], data: st.DataObject
    ) -> None:
        world = SearchWorld()
        posts = [world.write(tags=("눈",)) for _ in range(3)]
        records = [record(p, n, new=image()) for n, p in enumerate(posts)]
        with pytest.MonkeyPatch.context() as patch:
            serve(patch, world)
            for number, (which, what) in enumerate(story):
                change(world, posts[which], what, number)
                records.append(record(posts[which], 10 + number, image("a"), image("b")))
                if data.draw(st.booleans()):
                    # In time, or too early: what comes early is repeated below.
                    deliver(data.draw(st.permutations(records))[: len(records) // 2])
            deliver(data.draw(st.permutations(records)))

        assert_right(world)


def change(world: SearchWorld, post_id: str, what: str, number: int) -> None:
    if what == "edit":
        world.edit(post_id, title=f"제목 {number}", tags=("눈", f"tag{number}"))
    elif what == "like":
        post = world.posts.posts[post_id]
        world.posts.posts[post_id] = replace(post, like_count=post.like_count + 1)
    else:
        world.edit(post_id, visibility="private" if what == "hide" else "public")


def test_function_builds_its_services_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = Settings(posts_table="a", postings_table="b", indexed_posts_table="c")
    monkeypatch.setattr(search_index, "settings", lambda: tables)
    search_index.services.cache_clear()

    assert search_index.services() is search_index.services()
    assert search_index.services().search_indexing
    search_index.services.cache_clear()
