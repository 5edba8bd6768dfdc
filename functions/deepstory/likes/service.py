"""Use cases of liking."""

from __future__ import annotations

from deepstory.ids import IdFactory
from deepstory.likes.entities import Like, LikeState
from deepstory.likes.repository import LikeRepository
from deepstory.paging import Page, Position
from deepstory.posts.entities import PostDetails
from deepstory.posts.reader import PostReader


class LikeService:
    def __init__(self, *, likes: LikeRepository, reader: PostReader, ids: IdFactory) -> None:
        self._likes = likes
        self._reader = reader
        self._ids = ids

    def like(self, *, post_id: str, user_id: str) -> LikeState:
        """Like a post once, however often this is called.

        Raises NotFoundError unless the user may see the post. The count in the answer includes
        this like; likes that others gave in the last moments may be missing.
        """
        post = self._reader.visible(post_id=post_id, viewer_id=user_id)
        like = Like(post_id=post_id, user_id=user_id, liked_id=self._ids.new())
        added = self._likes.add(like)
        return LikeState(liked=True, like_count=max(1, post.like_count + int(added)))

    def unlike(self, *, post_id: str, user_id: str) -> LikeState:
        """Take a like back; without one nothing happens.

        Raises NotFoundError unless the user may see the post. The count in the answer lacks
        this like, whether or not it was counted yet.
        """
        post = self._reader.visible(post_id=post_id, viewer_id=user_id)
        removed = self._likes.remove(post_id=post_id, user_id=user_id)
        return LikeState(liked=False, like_count=max(0, post.like_count - int(removed)))

    def liked(
        self, *, user_id: str, limit: int, position: Position | None = None
    ) -> Page[PostDetails]:
        """List the posts that the user likes and may still see, latest like first."""
        after = None
        if position is not None:
            after = Like(
                post_id=position["post_id"], user_id=user_id, liked_id=position["liked_id"]
            )
        return self._reader.page(
            lambda last, size: self._likes.entries(user_id, limit=size, after=last),
            to_position=_position,
            viewer_id=user_id,
            limit=limit,
            after=after,
        )


def _position(like: Like) -> Position:
    return {"post_id": like.post_id, "liked_id": like.liked_id}
