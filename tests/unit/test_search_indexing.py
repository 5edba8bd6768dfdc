"""Keeping one post in the index as it is now, whatever breaks off or overtakes."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from deepstory.errors import UnavailableError
from deepstory.search.entities import IndexState
from fakes.search import SearchWorld
from support.indexing import assert_right, crash_at

CONTEXT = SimpleNamespace(aws_request_id="request-1")

Record = dict[str, Any]


@pytest.fixture
def world() -> SearchWorld:
    return SearchWorld()


class TestUpdating:
    def test_public_post_is_indexed_once(self, world: SearchWorld) -> None:
        post_id = world.write(title="첫눈", tags=("Winter",))

        assert world.indexing.update(post_id=post_id)
        assert_right(world)
        assert not world.indexing.update(post_id=post_id)

    def test_private_and_missing_posts_leave_no_trace(self, world: SearchWorld) -> None:
        post_id = world.write(visibility="private")

        assert not world.indexing.update(post_id=post_id)
        assert not world.indexing.update(post_id="missing")

        assert (world.states.states, world.postings.postings) == ({}, {})

    def test_edit_moves_the_post_to_its_new_terms(self, world: SearchWorld) -> None:
        post_id = world.publish(title="바다", tags=("바다",))
        world.edit(post_id, title="산", tags=("산", "바위"))

        world.indexing.update(post_id=post_id)

        assert_right(world)
        assert "gram#바다" not in world.postings.terms_of(post_id)

    @pytest.mark.parametrize("how", ["private", "hidden", "deleted"])
    def test_post_that_goes_leaves_the_index_and_its_state_expires(
        self, world: SearchWorld, how: str
    ) -> None:
        post_id = world.publish(tags=("눈",))
        if how == "private":
            world.edit(post_id, visibility="private")
        elif how == "hidden":
            world.posts.set_hidden(post_id, hidden=True)
        else:
            world.post_service.delete(post_id=post_id, author_id="u1")

        world.indexing.update(post_id=post_id)

        assert world.postings.terms_of(post_id) == set()
        assert world.states.states[post_id].terms == ()
        expires_at = world.states.expiring[post_id]
        assert expires_at is not None and expires_at > world.clock.now()

    def test_post_that_comes_back_no_longer_expires(self, world: SearchWorld) -> None:
        post_id = world.publish()
        for visibility in ("private", "public"):
            world.edit(post_id, visibility=visibility)
            world.indexing.update(post_id=post_id)

        assert_right(world)
        assert world.states.expiring[post_id] is None

    def test_new_likes_rewrite_only_the_tags(
        self, world: SearchWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        post_id = world.publish(title="긴 제목", tags=("눈", "Walk"))
        world.posts.posts[post_id] = replace(world.posts.posts[post_id], like_count=3)
        added: list[str] = []
        whole = world.postings.add

        def counted(post_id: str, terms: Sequence[str], **rest: Any) -> None:
            added.extend(terms)
            whole(post_id, terms, **rest)

        monkeypatch.setattr(world.postings, "add", counted)

        assert world.indexing.update(post_id=post_id)

        assert added == ["tag#눈", "tag#walk"]
        assert_right(world)

    def test_likes_of_a_post_without_tags_change_nothing(self, world: SearchWorld) -> None:
        post_id = world.publish()
        world.posts.posts[post_id] = replace(world.posts.posts[post_id], like_count=3)

        assert not world.indexing.update(post_id=post_id)

    @pytest.mark.parametrize("step", ["add", "remove", "finish"])
    def test_crash_on_the_way_is_made_good_by_the_next_report(
        self, world: SearchWorld, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        post_id = world.publish(title="바다", tags=("바다",))
        world.edit(post_id, title="산", tags=("산",))
        with monkeypatch.context() as crashing:
            crash_at(crashing, world, step)
            with pytest.raises(SystemExit):
                world.indexing.update(post_id=post_id)
        # What it would have become is over by now.
        world.edit(post_id, title="강", tags=())

        world.indexing.update(post_id=post_id)

        assert_right(world)

    def test_late_writes_of_one_that_was_overtaken_do_no_harm(self, world: SearchWorld) -> None:
        post_id = world.publish(title="바다", tags=("바다",))
        begun = world.states.states[post_id]
        world.edit(post_id, title="산", tags=("산",))
        # Somebody begins with this, and sleeps before writing.
        sleeper = replace(begun, version=2, terms=("tag#바다", "tag#산"), is_pending=True)
        assert world.states.replace(begun, sleeper)
        world.edit(post_id, title="바다", tags=("바다",))
        world.indexing.update(post_id=post_id)

        world.postings.remove(post_id, ["tag#바다", "gram#바다"], version=2)
        done = replace(sleeper, terms=("tag#산",), is_pending=False)
        assert not world.states.replace(sleeper, done)

        assert_right(world)

    def test_lost_race_is_begun_again_with_the_post_as_it_is_then(
        self, world: SearchWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        post_id = world.write(title="바다")
        whole = world.states.get

        def overtaken(post_id: str) -> IndexState:
            state = whole(post_id)
            monkeypatch.setattr(world.states, "get", whole)
            world.indexing.update(post_id=post_id)
            world.edit(post_id, title="산")
            return state

        monkeypatch.setattr(world.states, "get", overtaken)

        world.indexing.update(post_id=post_id)

        assert_right(world)

    def test_state_that_stays_contended_is_an_error(
        self, world: SearchWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        post_id = world.write()
        monkeypatch.setattr(world.states, "replace", lambda *_, **__: False)

        with pytest.raises(UnavailableError):
            world.indexing.update(post_id=post_id)
