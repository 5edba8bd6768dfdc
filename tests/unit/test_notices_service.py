"""Telling people, and what they read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepstory.errors import InvalidInputError, UnavailableError
from deepstory.notices.entities import Notices
from deepstory.notices.kinds import News, commented, liked, picture_ended
from deepstory.notices.service import NoticeService
from deepstory.notices.writing import AT_ONCE, NoticeWriter
from fakes.notices import FakePostAuthors, MemoryNoticeRepository
from fakes.posts import World


class Told(World):
    """A world whose people are told."""

    def __init__(self) -> None:
        super().__init__()
        self.notices = MemoryNoticeRepository()
        self.writer = NoticeWriter(
            notices=self.notices,
            posts=FakePostAuthors(self.posts.posts),
            blocks=self.blocks,
            clock=self.clock,
        )
        self.reading = NoticeService(
            notices=self.notices, names=self.authors, blocks=self.blocks, clock=self.clock
        )

    def read(self, user_id: str = "u1", limit: int = 100) -> Notices:
        return self.reading.list_of(user_id=user_id, limit=limit)

    def unread(self, user_id: str = "u1") -> int:
        return self.read(user_id).unread


@pytest.fixture
def world() -> Told:
    return Told()


def news(count: int, *, first: int = 0) -> list[News]:
    return [commented(post_id="p", comment_id=f"c{first + n}", actor_id="u2") for n in range(count)]


class TestTelling:
    def test_author_is_told_who_likes_and_comments(self, world: Told) -> None:
        post_id = world.write("u1")

        world.writer.liked(post_id=post_id, actor_ids=["u2"])
        world.writer.commented(post_id=post_id, actors=[("c1", "u2")])

        comment, like = world.read().items
        assert (like.notice.news.kind, like.actor_name) == ("liked", "Jun")
        assert like.notice.news.targets == {"post_id": post_id}
        assert comment.notice.news.kind == "commented"
        assert comment.notice.news.targets == {"post_id": post_id, "comment_id": "c1"}
        assert world.read("u2").items == []

    def test_nobody_is_told_what_they_did_themselves(self, world: Told) -> None:
        post_id = world.write("u1")

        world.writer.liked(post_id=post_id, actor_ids=["u1"])
        world.writer.commented(post_id=post_id, actors=[("c1", "u1")])

        assert world.read().items == []

    def test_like_given_again_is_no_news_and_another_persons_is(self, world: Told) -> None:
        post_id = world.write("u1")

        for actor_ids in (["u2"], ["u2", "u2"], ["u3", "u2"]):
            world.writer.liked(post_id=post_id, actor_ids=actor_ids)

        assert [each.notice.news.actor_id for each in world.read().items] == ["u3", "u2"]

    def test_picture_that_ended_tells_its_owner(self, world: Told) -> None:
        for ready in (True, False, True):
            world.writer.picture_ended(picture_id="x", owner_id="u1", ready=ready)

        kinds = [each.notice.news.kind for each in world.read().items]
        assert kinds == ["picture_failed", "picture_ready"]
        assert world.read().items[0].actor_name is None

    def test_deleted_post_has_nobody_to_tell(self, world: Told) -> None:
        world.writer.liked(post_id="gone", actor_ids=["u2"])

        assert world.notices.notices == {}

    def test_inbox_that_stays_contended_is_an_error(
        self, world: Told, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(world.notices, "add", lambda *_: False)

        with pytest.raises(UnavailableError):
            world.writer.tell(user_id="u1", news=news(1))

    def test_many_workers_at_once_tell_everything_once(self, world: Told) -> None:
        # Every two neighbours overlap, as repeated batches do.
        batches = [news(20, first=10 * n) for n in range(8)]

        with ThreadPoolExecutor(4) as workers:
            for done in [
                workers.submit(world.writer.tell, user_id="u1", news=batch) for batch in batches * 2
            ]:
                done.result()

        keys = [notice.news.key for notice in world.notices.notices["u1"]]
        assert len(keys) == len(set(keys)) == 90
        assert [notice.number for notice in world.notices.notices["u1"]] == list(range(1, 91))

    @given(st.lists(st.integers(0, 300), max_size=150), st.data())
    def test_any_cutting_and_repeating_tells_each_thing_once(
        self, things: list[int], data: st.DataObject
    ) -> None:
        world = Told()
        every = [liked(post_id="p", actor_id=f"person {n}") for n in things]
        start = 0
        while start < len(every):
            end = data.draw(st.integers(start + 1, min(len(every), start + 2 * AT_ONCE + 1)))
            again = data.draw(st.integers(0, start))
            world.writer.tell(user_id="u1", news=every[again:end])
            start = end

        assert world.unread() == len(set(things))


class TestReading:
    def test_pages_go_to_the_end_and_count_all_unread(self, world: Told) -> None:
        world.writer.tell(user_id="u1", news=news(5))
        found: list[int] = []
        position = None
        while True:
            page = world.reading.list_of(user_id="u1", limit=2, position=position)
            found += [each.notice.number for each in page.items]
            assert page.unread == 5
            position = page.next
            if position is None:
                break

        assert found == [5, 4, 3, 2, 1]

    def test_last_page_says_so_even_when_it_is_exactly_full(self, world: Told) -> None:
        world.writer.tell(user_id="u1", news=news(4))

        assert world.read(limit=4).next is None

    def test_all_are_read_at_once(self, world: Told) -> None:
        world.writer.tell(user_id="u1", news=news(3))

        for _ in range(2):
            world.reading.mark_read(user_id="u1")

        assert world.unread() == 0
        assert all(each.is_read for each in world.read().items)

    def test_reading_up_to_one_leaves_the_newer_unread(self, world: Told) -> None:
        world.writer.tell(user_id="u1", news=news(5))

        world.reading.mark_read(user_id="u1", up_to=3)
        world.reading.mark_read(user_id="u1", up_to=1)

        assert [each.is_read for each in world.read().items] == [False, False, True, True, True]
        assert world.unread() == 2

    def test_what_was_never_given_cannot_be_read(self, world: Told) -> None:
        world.writer.tell(user_id="u1", news=news(5))

        for user_id, up_to in (("u1", 6), ("u2", 1)):
            with pytest.raises(InvalidInputError):
                world.reading.mark_read(user_id=user_id, up_to=up_to)

        assert world.unread() == 5

    def test_empty_inbox_is_read_without_harm(self, world: Told) -> None:
        world.reading.mark_read(user_id="u1")

        assert world.read() == Notices(items=[], unread=0, next=None)

    def test_person_who_is_gone_has_no_name(self, world: Told) -> None:
        world.writer.tell(user_id="u1", news=news(1))
        del world.authors.users["u2"]

        (shown,) = world.read().items
        assert shown.actor_name is None

    def test_notices_older_than_90_days_are_neither_shown_nor_counted(self, world: Told) -> None:
        world.writer.tell(user_id="u1", news=news(3))
        world.clock.advance(days=45)
        world.writer.tell(user_id="u1", news=[picture_ended(picture_id="x", ready=True)])
        assert (len(world.read().items), world.unread()) == (4, 4)

        world.clock.advance(days=45)
        page = world.read(limit=1)
        assert ([each.notice.number for each in page.items], page.next) == ([4], None)
        assert page.unread == 1

        world.clock.advance(days=45)
        assert world.read() == Notices(items=[], unread=0, next=None)

    @given(
        st.lists(
            st.one_of(
                st.tuples(st.just("tell"), st.integers(1, 4)),
                st.tuples(st.just("wait"), st.integers(1, 60)),
                st.tuples(st.just("read"), st.integers(0, 9)),
            ),
            max_size=25,
        )
    )
    def test_unread_is_what_is_shown_and_not_read(self, steps: list[tuple[str, int]]) -> None:
        world, told = Told(), 0
        for step, amount in steps:
            if step == "tell":
                world.writer.tell(user_id="u1", news=news(amount, first=told))
                told += amount
            elif step == "wait":
                world.clock.advance(days=amount)
            else:
                world.reading.mark_read(user_id="u1", up_to=min(amount, told))
            page = world.read()
            assert page.unread == sum(not each.is_read for each in page.items)
