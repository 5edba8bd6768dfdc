from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from deepstory.errors import NotFoundError
from deepstory.idempotency import Claim, DuplicateRequestError
from deepstory.paging import Page
from deepstory.pictures.entities import Status
from deepstory.posts.entities import Changes, Draft, PostDetails
from deepstory.posts.errors import InvalidDiaryDateError, UnusablePictureError
from deepstory.posts.feeds import FeedEntry
from fakes.core import START, fake_claim
from fakes.posts import World, a_picture, a_user

DRAFT = Draft(title="첫눈", text="눈이 왔다.")


@pytest.fixture
def world() -> World:
    return World()


def ids(page: Page[PostDetails]) -> list[str]:
    return [details.post.post_id for details in page.items]


class TestWriting:
    def test_post_is_private_and_about_the_authors_today_unless_said_otherwise(
        self, world: World
    ) -> None:
        world.authors.users["u1"] = a_user("u1", timezone="America/Los_Angeles")

        details = world.post_service.write(author_id="u1", draft=DRAFT)

        assert details.post.visibility == "private"
        assert details.post.diary_date == date(2026, 11, 21)
        assert details.post.created_at == details.post.updated_at == START
        assert (details.author_name, details.liked, details.like_count) == ("미나", False, 0)
        assert world.posts.get(details.post.post_id) == details.post

    @pytest.mark.parametrize("day", [date(2026, 11, 22), date(1900, 1, 1)])
    def test_diary_date_may_be_any_day_up_to_today(self, world: World, day: date) -> None:
        draft = Draft(title="a", text="b", diary_date=day)

        assert world.post_service.write(author_id="u1", draft=draft).post.diary_date == day

    @pytest.mark.parametrize("day", [date(2026, 11, 23), date(1899, 12, 31)])
    def test_diary_date_after_today_or_before_1900_is_refused(
        self, world: World, day: date
    ) -> None:
        with pytest.raises(InvalidDiaryDateError) as refusal:
            world.post_service.write(
                author_id="u1", draft=Draft(title="a", text="b", diary_date=day)
            )

        assert refusal.value.fields == {"diary_date": "must be a day from 1900-01-01 to 2026-11-22"}
        assert world.posts.posts == {}

    @pytest.mark.parametrize("status", ["waiting", "queued", "ready"])
    def test_picture_may_still_be_developing(self, world: World, status: Status) -> None:
        world.pictures.pictures["x"] = a_picture("x", owner_id="u1", status=status)

        details = world.post_service.write(
            author_id="u1", draft=Draft(title="a", text="b", picture_id="x")
        )

        assert details.picture == world.pictures.pictures["x"]

    @pytest.mark.parametrize(
        ("picture_id", "reason"),
        [
            ("foreign", "is not one of your pictures"),
            ("missing", "is not one of your pictures"),
            ("failed", "is failed"),
            ("cancelled", "is cancelled"),
        ],
    )
    def test_picture_that_is_not_ones_own_or_will_never_be_is_refused(
        self, world: World, picture_id: str, reason: str
    ) -> None:
        world.pictures.pictures |= {
            "foreign": a_picture("foreign", owner_id="u2"),
            "failed": a_picture("failed", owner_id="u1", status="failed"),
            "cancelled": a_picture("cancelled", owner_id="u1", status="cancelled"),
        }
        post_id = world.write()

        with pytest.raises(UnusablePictureError) as refusal:
            world.post_service.write(
                author_id="u1", draft=Draft(title="a", text="b", picture_id=picture_id)
            )
        assert refusal.value.fields == {"picture_id": reason}
        with pytest.raises(UnusablePictureError):
            world.post_service.edit(
                post_id=post_id, author_id="u1", changes=Changes(picture_id=picture_id)
            )
        assert len(world.posts.posts) == 1

    def test_claimed_request_is_carried_out_once(self, world: World) -> None:
        claim: Claim[Any] = fake_claim(world.idempotency, world.clock)
        world.post_service.write(author_id="u1", draft=DRAFT, claim=claim)

        with pytest.raises(DuplicateRequestError):
            world.post_service.write(author_id="u1", draft=DRAFT, claim=claim)

        assert len(world.posts.posts) == 1


class TestReading:
    def test_public_post_is_everyones_to_read(self, world: World) -> None:
        post_id = world.write("u1")

        for viewer_id in ("u1", "u2", None):
            details = world.post_service.read(post_id=post_id, viewer_id=viewer_id)
            assert details.post.post_id == post_id

    def test_private_post_is_its_authors_only(self, world: World) -> None:
        post_id = world.write("u1", visibility="private")

        assert world.post_service.read(post_id=post_id, viewer_id="u1")
        for viewer_id in ("u2", None):
            with pytest.raises(NotFoundError):
                world.post_service.read(post_id=post_id, viewer_id=viewer_id)

    def test_missing_post_is_not_found(self, world: World) -> None:
        with pytest.raises(NotFoundError):
            world.post_service.read(post_id="missing", viewer_id="u1")

    def test_post_of_a_deleted_account_is_gone_from_everywhere(self, world: World) -> None:
        gone, kept = world.write("u1"), world.write("u2")
        del world.authors.users["u1"]

        with pytest.raises(NotFoundError):
            world.post_service.read(post_id=gone, viewer_id="u2")
        page = world.post_service.public(sort="latest", period="all", viewer_id=None, limit=9)
        assert ids(page) == [kept]

    def test_deleted_picture_vanishes_from_its_post(self, world: World) -> None:
        world.pictures.pictures["x"] = a_picture("x", owner_id="u1")
        post_id = world.write("u1", picture_id="x")
        assert world.post_service.read(post_id=post_id, viewer_id=None).picture

        del world.pictures.pictures["x"]

        assert world.post_service.read(post_id=post_id, viewer_id=None).picture is None

    def test_liked_is_the_viewers_own(self, world: World) -> None:
        post_id = world.write("u1")
        world.like_service.like(post_id=post_id, user_id="u2")

        liked = {
            viewer_id: world.post_service.read(post_id=post_id, viewer_id=viewer_id).liked
            for viewer_id in ("u1", "u2", None)
        }

        assert liked == {"u1": False, "u2": True, None: False}

    def test_own_like_shows_in_the_count_before_it_is_counted(self, world: World) -> None:
        post_id = world.write("u1")
        world.like_service.like(post_id=post_id, user_id="u2")

        assert world.post_service.read(post_id=post_id, viewer_id="u2").like_count == 1


class TestEditing:
    def test_edit_changes_what_is_given_and_keeps_the_rest(self, world: World) -> None:
        world.pictures.pictures["x"] = a_picture("x", owner_id="u1")
        post_id = world.write("u1", picture_id="x", mood="calm", tags=("바다",))
        before = world.posts.posts[post_id]
        world.clock.advance(hours=1)

        details = world.post_service.edit(
            post_id=post_id,
            author_id="u1",
            changes=Changes(title="새 제목", picture_id=None, diary_date=date(2026, 11, 1)),
        )

        assert details.picture is None
        assert details.post.title == "새 제목"
        assert details.post.diary_date == date(2026, 11, 1)
        assert (details.post.text, details.post.mood) == (before.text, before.mood)
        assert details.post.updated_at == before.updated_at + timedelta(hours=1)
        assert details.post.created_at == before.created_at

    def test_edit_without_changes_is_a_read(self, world: World) -> None:
        post_id = world.write("u1")
        before = world.posts.posts[post_id]
        world.clock.advance(hours=1)

        details = world.post_service.edit(post_id=post_id, author_id="u1", changes=Changes())

        assert details.post == before

    @pytest.mark.parametrize("changes", [Changes(), Changes(title="mine"), Changes(tags=())])
    def test_only_the_author_edits(self, world: World, changes: Changes) -> None:
        post_id = world.write("u1")
        before = dict(world.posts.posts)

        for missing, author_id in ((post_id, "u2"), ("missing", "u1")):
            with pytest.raises(NotFoundError):
                world.post_service.edit(post_id=missing, author_id=author_id, changes=changes)

        assert world.posts.posts == before

    def test_edit_to_a_future_diary_date_is_refused(self, world: World) -> None:
        post_id = world.write("u1")

        with pytest.raises(InvalidDiaryDateError):
            world.post_service.edit(
                post_id=post_id, author_id="u1", changes=Changes(diary_date=date(2026, 11, 23))
            )

    def test_only_the_author_deletes(self, world: World) -> None:
        post_id = world.write("u1")

        with pytest.raises(NotFoundError):
            world.post_service.delete(post_id=post_id, author_id="u2")
        world.post_service.delete(post_id=post_id, author_id="u1")

        with pytest.raises(NotFoundError):
            world.post_service.delete(post_id=post_id, author_id="u1")


class TestLists:
    def test_latest_pages_walk_through_all_public_posts(self, world: World) -> None:
        written = [world.write("u1") for _ in range(7)]
        world.write("u1", visibility="private")

        first = world.post_service.public(sort="latest", period="all", viewer_id="u2", limit=4)
        second = world.post_service.public(
            sort="latest", period="all", viewer_id="u2", limit=4, position=first.next
        )

        assert ids(first) + ids(second) == written[::-1]
        assert second.next is None

    def test_post_written_meanwhile_does_not_shift_the_pages(self, world: World) -> None:
        written = [world.write("u1") for _ in range(4)]
        first = world.post_service.public(sort="latest", period="all", viewer_id=None, limit=2)
        world.write("u1")

        second = world.post_service.public(
            sort="latest", period="all", viewer_id=None, limit=2, position=first.next
        )

        assert ids(second) == written[1::-1]

    def test_top_of_the_day_does_not_show_yesterday(self, world: World) -> None:
        world.write("u1")
        world.clock.advance(days=1)
        today = world.write("u1")

        page = world.post_service.public(sort="top", period="day", viewer_id=None, limit=9)

        assert ids(page) == [today]

    def test_old_post_published_today_is_not_of_today(self, world: World) -> None:
        post_id = world.write("u1", visibility="private")
        world.clock.advance(days=1)
        changes = Changes(visibility="public")
        world.post_service.edit(post_id=post_id, author_id="u1", changes=changes)

        today = world.post_service.public(sort="top", period="day", viewer_id=None, limit=9)
        ever = world.post_service.public(sort="top", period="all", viewer_id=None, limit=9)

        assert (ids(today), ids(ever)) == ([], [post_id])

    def test_stale_index_shows_neither_private_nor_deleted_posts(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept, hidden, deleted = (world.write("u1") for _ in range(3))
        stale = [FeedEntry(post_id, post_id) for post_id in (deleted, hidden, kept)]
        monkeypatch.setattr(world.posts, "entries", lambda feed, limit, after: stale[:limit])
        world.post_service.delete(post_id=deleted, author_id="u1")
        world.post_service.edit(
            post_id=hidden, author_id="u1", changes=Changes(visibility="private")
        )

        page = world.post_service.public(sort="latest", period="all", viewer_id="u2", limit=9)

        assert ids(page) == [kept]

    def test_own_list_has_private_posts_and_nobody_elses(self, world: World) -> None:
        public, private = world.write("u1"), world.write("u1", visibility="private")
        world.write("u2")

        page = world.post_service.own(author_id="u1", limit=9)

        assert ids(page) == [private, public]

    def test_list_of_nothing_is_empty(self, world: World) -> None:
        assert world.post_service.own(author_id="u1", limit=9) == Page(items=[])
