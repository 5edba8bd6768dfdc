from __future__ import annotations

import pytest

from deepstory.comments.entities import CommentDetails, of_post
from deepstory.errors import NotFoundError
from deepstory.idempotency import DuplicateRequestError
from deepstory.paging import Page
from deepstory.posts.entities import Changes
from fakes.core import fake_claim
from fakes.posts import World, a_user


@pytest.fixture
def world() -> World:
    return World()


def write(world: World, post_id: str, author_id: str = "u2", text: str = "예쁘다") -> str:
    world.clock.advance(seconds=1)
    details = world.comment_service.write(post_id=post_id, author_id=author_id, text=text)
    return details.comment.comment_id


def ids(page: Page[CommentDetails]) -> list[str]:
    return [details.comment.comment_id for details in page.items]


def read_all(world: World, post_id: str, *, viewer_id: str | None, limit: int) -> list[str]:
    found: list[str] = []
    position = None
    while True:
        page = world.comment_service.list_of(
            post_id=post_id, viewer_id=viewer_id, limit=limit, position=position
        )
        found += ids(page)
        if page.next is None:
            return found
        assert len(page.items) == limit
        position = page.next


def test_written_comment_is_stored_with_its_author(world: World) -> None:
    post_id = world.write("u1")

    details = world.comment_service.write(post_id=post_id, author_id="u2", text="예쁘다")

    assert (details.author_name, details.comment.text) == ("Jun", "예쁘다")
    assert details.comment.created_at == world.clock.now()
    assert world.comments.get(of_post(post_id), details.comment.comment_id) == details.comment


def test_repeated_claim_is_a_duplicate_request_and_writes_one_comment(world: World) -> None:
    post_id = world.write("u1")
    claim = fake_claim(world.idempotency, world.clock)

    world.comment_service.write(post_id=post_id, author_id="u2", text="a", claim=claim)  # type: ignore[arg-type]  # a wider type on purpose
    with pytest.raises(DuplicateRequestError):
        world.comment_service.write(post_id=post_id, author_id="u2", text="a", claim=claim)  # type: ignore[arg-type]  # a wider type on purpose

    assert len(world.comments.comments) == 1


def test_what_one_may_not_see_has_no_comments(world: World) -> None:
    private = world.write("u1", visibility="private")

    for post_id in (private, "missing"):
        for viewer_id in ("u2", None):
            with pytest.raises(NotFoundError):
                world.comment_service.list_of(post_id=post_id, viewer_id=viewer_id, limit=9)
        with pytest.raises(NotFoundError):
            write(world, post_id)

    assert world.comments.comments == {}
    comment_id = write(world, private, "u1")
    assert read_all(world, private, viewer_id="u1", limit=9) == [comment_id]


@pytest.mark.parametrize("limit", [1, 2, 5, 9])
def test_pages_are_oldest_first_and_neither_repeat_nor_skip(world: World, limit: int) -> None:
    post_id, other = world.write("u1"), world.write("u1")
    written = []
    for _ in range(5):
        written.append(write(world, post_id))
        write(world, other)

    assert read_all(world, post_id, viewer_id=None, limit=limit) == written


def test_comment_written_between_two_pages_comes_at_the_end(world: World) -> None:
    post_id = world.write("u1")
    written = [write(world, post_id) for _ in range(3)]
    first = world.comment_service.list_of(post_id=post_id, viewer_id=None, limit=2)
    late = write(world, post_id)

    second = world.comment_service.list_of(
        post_id=post_id, viewer_id=None, limit=2, position=first.next
    )

    assert ids(first) + ids(second) == [*written, late]


def test_comments_of_people_who_are_gone_are_left_out_and_pages_stay_full(world: World) -> None:
    post_id = world.write("u1")
    world.authors.users["u3"] = a_user("u3")
    kept = []
    for _ in range(4):
        kept.append(write(world, post_id, "u2"))
        write(world, post_id, "u3")
    del world.authors.users["u3"]

    assert read_all(world, post_id, viewer_id=None, limit=2) == kept


class TestDeleting:
    @pytest.mark.parametrize("user_id", ["u1", "u2"])
    def test_author_of_the_comment_or_of_the_post_deletes(self, world: World, user_id: str) -> None:
        post_id = world.write("u1")
        comment_id = write(world, post_id, "u2")

        world.comment_service.delete(post_id=post_id, comment_id=comment_id, user_id=user_id)

        assert world.comments.comments == {}
        with pytest.raises(NotFoundError):
            world.comment_service.delete(post_id=post_id, comment_id=comment_id, user_id=user_id)

    def test_nobody_else_does(self, world: World) -> None:
        world.authors.users["u3"] = a_user("u3")
        post_id, elsewhere = world.write("u1"), world.write("u3")
        comment_id = write(world, post_id, "u2")

        for wrong_post in (post_id, elsewhere, "missing"):
            with pytest.raises(NotFoundError):
                world.comment_service.delete(
                    post_id=wrong_post, comment_id=comment_id, user_id="u3"
                )

        assert len(world.comments.comments) == 1

    def test_own_comment_is_deleted_also_where_the_post_became_private(self, world: World) -> None:
        post_id = world.write("u1")
        comment_id = write(world, post_id, "u2")
        world.post_service.edit(
            post_id=post_id, author_id="u1", changes=Changes(visibility="private")
        )

        world.comment_service.delete(post_id=post_id, comment_id=comment_id, user_id="u2")

        assert world.comments.comments == {}

    def test_comment_deleted_by_both_at_once_is_gone_for_the_second(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        post_id = world.write("u1")
        comment_id = write(world, post_id, "u2")
        comment = world.comments.get(of_post(post_id), comment_id)
        assert comment
        world.comments.remove(comment)
        monkeypatch.setattr(world.comments, "get", lambda *_: comment)

        with pytest.raises(NotFoundError):
            world.comment_service.delete(post_id=post_id, comment_id=comment_id, user_id="u2")
