"""Searching one's own posts: without an index, at a bounded cost."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from deepstory.posts.entities import Post
from deepstory.search.errors import UnsearchableError
from deepstory.search.service import ENOUGH_EXAMINED
from fakes.search import SearchWorld


@pytest.fixture
def world() -> SearchWorld:
    return SearchWorld()


class TestFindingOwn:
    def test_private_posts_are_found_without_any_index(self, world: SearchWorld) -> None:
        private = world.write(title="바다에", visibility="private")
        public = world.write(title="바다는")
        world.write(title="산", visibility="private")
        world.write("u2", title="바다")

        assert world.find_own("바다") == [public, private]
        assert world.postings.postings == {}

    def test_pages_neither_repeat_nor_skip_however_many_are_looked_through(
        self, world: SearchWorld
    ) -> None:
        wanted = []
        for number in range(ENOUGH_EXAMINED + 120):
            if number % 37 == 0:
                wanted.append(world.write(title="바다", visibility="private"))
            world.write(title="산", visibility="private")

        for limit in (1, 2, 4, 5, 20):
            assert world.find_own("바다", limit=limit) == wanted[::-1]

    def test_posts_that_are_looked_through_for_a_page_are_bounded(
        self, world: SearchWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(ENOUGH_EXAMINED * 2):
            world.write(visibility="private")
        read: list[str] = []
        whole = world.posts.get_many

        def counted(post_ids: Iterable[str]) -> dict[str, Post]:
            found = whole(post_ids)
            read.extend(found)
            return found

        monkeypatch.setattr(world.posts, "get_many", counted)

        page = world.search.find_own(text="바다", owner_id="u1", limit=20)

        assert page.items == []
        assert page.next
        assert ENOUGH_EXAMINED <= len(read) < ENOUGH_EXAMINED + 50

    def test_what_cannot_be_searched_for_is_refused(self, world: SearchWorld) -> None:
        with pytest.raises(UnsearchableError):
            world.find_own("!?")
