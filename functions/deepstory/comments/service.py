"""Use cases of commenting."""

from __future__ import annotations

from collections.abc import Sequence

from deepstory.blocks.repository import Blocks
from deepstory.clock import Clock
from deepstory.comments.entities import Comment, CommentDetails, of_post
from deepstory.comments.repository import Authors, CommentRepository
from deepstory.errors import NotFoundError
from deepstory.idempotency import Claim
from deepstory.ids import IdFactory
from deepstory.pages import filled_page
from deepstory.paging import Page, Position
from deepstory.posts.reader import PostReader


class CommentService:
    """A deleted post's comments are removed by those who count them: writing takes no lock on it.

    See ``deepstory.counting``.
    """

    def __init__(
        self,
        *,
        comments: CommentRepository,
        reader: PostReader,
        authors: Authors,
        blocks: Blocks,
        clock: Clock,
        ids: IdFactory,
    ) -> None:
        self._comments = comments
        self._reader = reader
        self._authors = authors
        self._blocks = blocks
        self._clock = clock
        self._ids = ids

    def write(
        self, *, post_id: str, author_id: str, text: str, claim: Claim[Comment] | None = None
    ) -> CommentDetails:
        """Comment on a post.

        Raises
        ------
        NotFoundError : the author may not see the post.
        DuplicateRequestError : the claim's request was carried out before.
        """
        author = self._authors.me(user_id=author_id)
        self._reader.visible(post_id=post_id, viewer_id=author_id)
        comment = Comment(
            parent=of_post(post_id),
            comment_id=self._ids.new(),
            author_id=author_id,
            text=text,
            created_at=self._clock.now(),
        )
        self._comments.add(comment, claim.record(comment) if claim else None)
        return CommentDetails(comment=comment, author_name=author.name)

    def read(self, *, post_id: str, comment_id: str, viewer_id: str | None) -> CommentDetails:
        """Raise NotFoundError unless the viewer may see the post and the comment is there."""
        self._reader.visible(post_id=post_id, viewer_id=viewer_id)
        comment = self._comments.get(of_post(post_id), comment_id)
        shown = self._shown([comment], viewer_id)[0] if comment else None
        if shown is None:
            raise NotFoundError
        return shown

    def list_of(
        self,
        *,
        post_id: str,
        viewer_id: str | None,
        limit: int,
        position: Position | None = None,
        as_admin: bool = False,
    ) -> Page[CommentDetails]:
        """List a post's comments as a conversation is read: the oldest first.

        What is written meanwhile comes at the end, so that pages neither repeat nor skip.
        Raises NotFoundError unless the viewer may see the post.
        """
        self._reader.visible(post_id=post_id, viewer_id=viewer_id, as_admin=as_admin)
        parent = of_post(post_id)
        items, last = filled_page(
            lambda after, size: self._comments.entries(parent, limit=size, after=after),
            lambda comments: self._shown(comments, viewer_id, as_admin=as_admin),
            key=lambda comment: comment.comment_id,
            limit=limit,
            after=position["comment_id"] if position else None,
        )
        return Page(items=items, next={"comment_id": last} if last else None)

    def delete(self, *, post_id: str, comment_id: str, user_id: str) -> None:
        """Delete one's own comment, also where one may no longer see it, or one under an own post.

        Raises NotFoundError for every other.
        """
        comment = self._comments.get(of_post(post_id), comment_id)
        if comment is None or not self._may_delete(comment, post_id, user_id):
            raise NotFoundError
        if not self._comments.remove(comment):
            raise NotFoundError

    def _may_delete(self, comment: Comment, post_id: str, user_id: str) -> bool:
        if comment.author_id == user_id:
            return True
        return self._reader.visible(post_id=post_id, viewer_id=user_id).author_id == user_id

    def _shown(
        self, comments: Sequence[Comment], viewer_id: str | None, *, as_admin: bool = False
    ) -> list[CommentDetails | None]:
        """Return the comments in their order; None for hidden ones, and those of people apart."""
        authors = {
            comment.author_id
            for comment in comments
            if as_admin or not comment.hidden or comment.author_id == viewer_id
        }
        if viewer_id and not as_admin:
            authors -= self._blocks.apart_from(viewer_id, authors)
        names = self._authors.names_of(user_ids=authors, suspended=as_admin)
        return [
            CommentDetails(comment=comment, author_name=names[comment.author_id])
            if comment.author_id in names
            else None
            for comment in comments
        ]
