"""Posts as viewers see them: what is theirs to see, with names, own likes and pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from deepstory.blocks.repository import Blocks
from deepstory.errors import NotFoundError
from deepstory.paging import Page, Position
from deepstory.pictures.entities import Picture
from deepstory.posts.access import may_see
from deepstory.posts.entities import Post, PostDetails
from deepstory.posts.pages import E, full_page
from deepstory.posts.repository import Authors, Likes, Pictures, PostRepository


class Visible(NamedTuple):
    post: Post
    author_name: str


def _any_post(_: Post) -> bool:
    return True


class PostReader:
    def __init__(
        self,
        *,
        posts: PostRepository,
        authors: Authors,
        blocks: Blocks,
        likes: Likes,
        pictures: Pictures,
    ) -> None:
        self._posts = posts
        self._authors = authors
        self._blocks = blocks
        self._likes = likes
        self._pictures = pictures

    def visible(self, *, post_id: str, viewer_id: str | None, as_admin: bool = False) -> Post:
        """Raise NotFoundError unless the viewer may see the post.

        An administrator sees every public post: hidden ones, and those of people apart or
        suspended too.
        """
        post = self._reachable(post_id, viewer_id, as_admin=as_admin)
        if as_admin or post.author_id == viewer_id:
            return post
        if not self._authors.names_of(user_ids=[post.author_id]):
            raise NotFoundError
        return post

    def read(self, *, post_id: str, viewer_id: str | None, as_admin: bool = False) -> PostDetails:
        """Return what ``visible`` does, with its details; nobody's, if the author has no name."""
        post = self._reachable(post_id, viewer_id, as_admin=as_admin)
        return self.details(post=post, viewer_id=viewer_id, as_admin=as_admin)

    def _reachable(self, post_id: str, viewer_id: str | None, *, as_admin: bool) -> Post:
        post = self._posts.get(post_id)
        if as_admin and post is not None and post.visibility == "public":
            return post
        if post is None or not may_see(post, viewer_id):
            raise NotFoundError
        if self._met([post.author_id], viewer_id) != {post.author_id}:
            raise NotFoundError
        return post

    def details(self, *, post: Post, viewer_id: str | None, as_admin: bool = False) -> PostDetails:
        """Raise NotFoundError if the author's account is gone or, but for admins, suspended."""
        names = self._authors.names_of(user_ids=[post.author_id], suspended=as_admin)
        if post.author_id not in names:
            raise NotFoundError
        return self.describe([Visible(post, names[post.author_id])], viewer_id)[0]

    def page(
        self,
        fetch: Callable[[E | None, int], Sequence[E]],
        *,
        to_position: Callable[[E], Position],
        viewer_id: str | None,
        limit: int,
        after: E | None,
        where: Callable[[Post], bool] = _any_post,
    ) -> Page[PostDetails]:
        """Return a full page of the posts that the fetched entries name.

        ``where`` tells of a post as it is now whether it still belongs into the list.
        """
        found, last = full_page(
            fetch,
            lambda entries: self.visible_among([e.post_id for e in entries], viewer_id, where),
            limit=limit,
            after=after,
        )
        return Page(items=self.describe(found, viewer_id), next=to_position(last) if last else None)

    def visible_among(
        self, post_ids: Iterable[str], viewer_id: str | None, where: Callable[[Post], bool]
    ) -> Mapping[str, Visible]:
        """Return by id what the viewer may see of these posts, as they are now.

        Every list goes through here, so who may see what is decided once.
        """
        read = self._posts.get_many(post_ids).values()
        posts = [post for post in read if may_see(post, viewer_id) and where(post)]
        authors = self._met({post.author_id for post in posts}, viewer_id)
        names = self._authors.names_of(user_ids=authors)
        return {
            post.post_id: Visible(post, names[post.author_id])
            for post in posts
            if post.author_id in names
        }

    def describe(self, found: Sequence[Visible], viewer_id: str | None) -> list[PostDetails]:
        """Add own likes and pictures."""
        liked = self._liked([post.post_id for post, _ in found], viewer_id)
        pictures = self._pictures_of([post for post, _ in found])
        return [
            PostDetails(
                post=post,
                author_name=author_name,
                liked=post.post_id in liked,
                picture=pictures.get(post.picture_id or ""),
            )
            for post, author_name in found
        ]

    def _met(self, author_ids: Iterable[str], viewer_id: str | None) -> set[str]:
        """Return the authors but those who are kept apart from the viewer by a block."""
        authors = set(author_ids)
        return authors - self._blocks.apart_from(viewer_id, authors) if viewer_id else authors

    def _liked(self, post_ids: list[str], viewer_id: str | None) -> set[str]:
        return self._likes.liked_by(viewer_id, post_ids) if viewer_id else set()

    def _pictures_of(self, posts: Iterable[Post]) -> Mapping[str, Picture]:
        return self._pictures.get_many({post.picture_id for post in posts if post.picture_id})
