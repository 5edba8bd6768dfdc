from __future__ import annotations

import pytest

from deepstory.counting import Counting
from deepstory.errors import NotFoundError
from deepstory.likes.entities import LikeState
from deepstory.paging import Page
from deepstory.posts.entities import Changes, PostDetails
from fakes.posts import World


@pytest.fixture
def world() -> World:
    return World()


def count(world: World) -> None:
    """Do what the stream worker does with everything that happened so far."""
    counting = Counting(world.posts.counters, world.likes)
    for post_id, change in world.likes.stream:
        counting.count(counted_id=post_id, changes=[change])


def ids(page: Page[PostDetails]) -> list[str]:
    return [details.post.post_id for details in page.items]


def test_like_twice_is_the_same_as_once(world: World) -> None:
    post_id = world.write("u1")

    for _ in range(2):
        assert world.like_service.like(post_id=post_id, user_id="u2") == LikeState(True, 1)
    count(world)

    assert world.like_service.like(post_id=post_id, user_id="u2") == LikeState(True, 1)
    assert world.posts.posts[post_id].like_count == 1


def test_unlike_twice_is_the_same_as_once(world: World) -> None:
    post_id = world.write("u1")
    world.like_service.like(post_id=post_id, user_id="u2")
    count(world)

    assert world.like_service.unlike(post_id=post_id, user_id="u2") == LikeState(False, 0)
    count(world)

    assert world.like_service.unlike(post_id=post_id, user_id="u2") == LikeState(False, 0)
    assert world.posts.posts[post_id].like_count == 0


def test_unlike_of_what_was_never_liked_keeps_the_count(world: World) -> None:
    post_id = world.write("u1")
    world.like_service.like(post_id=post_id, user_id="u2")
    count(world)

    assert world.like_service.unlike(post_id=post_id, user_id="u1") == LikeState(False, 1)


def test_unlike_before_the_like_was_counted_is_never_below_zero(world: World) -> None:
    post_id = world.write("u1")
    world.like_service.like(post_id=post_id, user_id="u2")

    assert world.like_service.unlike(post_id=post_id, user_id="u2") == LikeState(False, 0)


def test_answer_adds_the_own_like_to_those_counted(world: World) -> None:
    post_id = world.write("u1")
    world.like_service.like(post_id=post_id, user_id="u2")
    count(world)

    assert world.like_service.like(post_id=post_id, user_id="u1") == LikeState(True, 2)


def test_what_one_may_not_see_cannot_be_liked_or_unliked(world: World) -> None:
    private = world.write("u1", visibility="private")

    for post_id in (private, "missing"):
        with pytest.raises(NotFoundError):
            world.like_service.like(post_id=post_id, user_id="u2")
        with pytest.raises(NotFoundError):
            world.like_service.unlike(post_id=post_id, user_id="u2")

    assert world.likes.likes == {}
    assert world.like_service.like(post_id=private, user_id="u1") == LikeState(True, 1)


def test_liked_posts_are_listed_by_when_they_were_liked(world: World) -> None:
    posts = [world.write("u1") for _ in range(3)]
    order = [posts[1], posts[2], posts[0]]
    for post_id in order:
        world.clock.advance(seconds=1)
        world.like_service.like(post_id=post_id, user_id="u2")

    first = world.like_service.liked(user_id="u2", limit=2)
    second = world.like_service.liked(user_id="u2", limit=2, position=first.next)

    assert ids(first) + ids(second) == order[::-1]
    assert second.next is None
    assert all(details.liked for details in first.items)


def test_liked_posts_leave_out_what_became_private_or_was_deleted(world: World) -> None:
    kept, hidden, deleted = (world.write("u1") for _ in range(3))
    for post_id in (kept, hidden, deleted):
        world.clock.advance(seconds=1)
        world.like_service.like(post_id=post_id, user_id="u2")
    world.post_service.edit(post_id=hidden, author_id="u1", changes=Changes(visibility="private"))
    world.post_service.delete(post_id=deleted, author_id="u1")

    page = world.like_service.liked(user_id="u2", limit=1)

    assert ids(page) == [kept]
    assert page.next is None
