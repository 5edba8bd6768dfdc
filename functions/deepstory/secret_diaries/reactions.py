"""Use cases of liking secret entries and of commenting on them."""

from __future__ import annotations

from collections.abc import Sequence

from deepstory.clock import Clock
from deepstory.comments.entities import Comment, CommentDetails
from deepstory.errors import NotFoundError
from deepstory.idempotency import Claim
from deepstory.ids import IdFactory
from deepstory.likes.entities import Like, LikeState, liked_entry_id
from deepstory.pages import filled_page
from deepstory.paging import Page, Position
from deepstory.secret_diaries.entities import entry_key
from deepstory.secret_diaries.reader import SecretReader
from deepstory.secret_diaries.repository import CommentReads, SecretComments, SecretLikes


class SecretLikeService:
    def __init__(self, *, likes: SecretLikes, reader: SecretReader, ids: IdFactory) -> None:
        self._likes = likes
        self._reader = reader
        self._ids = ids

    def like(self, *, diary_id: str, entry_id: str, user_id: str) -> LikeState:
        """Like an entry once, however often this is called.

        Raises NotFoundError unless the user may read the entry. The count in the answer includes
        this like.
        """
        entry, membership = self._reader.entry(
            diary_id=diary_id, entry_id=entry_id, user_id=user_id
        )
        like = Like(post_id=entry.key, user_id=user_id, liked_id=liked_entry_id(self._ids.new()))
        added = self._likes.add(like, membership)
        return LikeState(liked=True, like_count=max(1, entry.like_count + int(added)))

    def unlike(self, *, diary_id: str, entry_id: str, user_id: str) -> LikeState:
        """Take a like back; without one nothing happens.

        Raises NotFoundError unless the user may read the entry.
        """
        entry, membership = self._reader.entry(
            diary_id=diary_id, entry_id=entry_id, user_id=user_id
        )
        removed = self._likes.remove(entry.key, membership)
        return LikeState(liked=False, like_count=max(0, entry.like_count - int(removed)))


class SecretCommentService:
    def __init__(
        self,
        *,
        comments: CommentReads,
        writes: SecretComments,
        reader: SecretReader,
        clock: Clock,
        ids: IdFactory,
    ) -> None:
        self._comments = comments
        self._writes = writes
        self._reader = reader
        self._clock = clock
        self._ids = ids

    def write(
        self,
        *,
        diary_id: str,
        entry_id: str,
        author_id: str,
        text: str,
        claim: Claim[Comment] | None = None,
    ) -> CommentDetails:
        """Comment on an entry.

        Raises
        ------
        NotFoundError : the author may not read the entry.
        DuplicateRequestError : the claim's request was carried out before.
        """
        entry, membership = self._reader.entry(
            diary_id=diary_id, entry_id=entry_id, user_id=author_id
        )
        comment = Comment(
            parent=entry.key,
            comment_id=self._ids.new(),
            author_id=author_id,
            text=text,
            created_at=self._clock.now(),
        )
        self._writes.add(comment, membership, claim.record(comment) if claim else None)
        return self._shown([comment])[0]

    def read(
        self, *, diary_id: str, entry_id: str, comment_id: str, user_id: str
    ) -> CommentDetails:
        """Raise NotFoundError unless the user may read the entry and the comment is there."""
        self._reader.entry(diary_id=diary_id, entry_id=entry_id, user_id=user_id)
        return self._shown([self._found(diary_id, entry_id, comment_id)])[0]

    def list_of(
        self,
        *,
        diary_id: str,
        entry_id: str,
        user_id: str,
        limit: int,
        position: Position | None = None,
    ) -> Page[CommentDetails]:
        """List an entry's comments, the oldest first.

        Raises NotFoundError unless the user may read the entry.
        """
        entry, _ = self._reader.entry(diary_id=diary_id, entry_id=entry_id, user_id=user_id)
        items, last = filled_page(
            lambda after, size: self._comments.entries(entry.key, limit=size, after=after),
            self._shown,
            key=lambda comment: comment.comment_id,
            limit=limit,
            after=position["comment_id"] if position else None,
        )
        return Page(items=items, next={"comment_id": last} if last else None)

    def delete(self, *, diary_id: str, entry_id: str, comment_id: str, user_id: str) -> None:
        """Delete one's own comment, or one under an own entry.

        Raises NotFoundError for every other.
        """
        entry, membership = self._reader.entry(
            diary_id=diary_id, entry_id=entry_id, user_id=user_id
        )
        comment = self._found(diary_id, entry_id, comment_id)
        if user_id not in (comment.author_id, entry.author_id):
            raise NotFoundError
        if not self._writes.remove(comment, membership):
            raise NotFoundError

    def _found(self, diary_id: str, entry_id: str, comment_id: str) -> Comment:
        comment = self._comments.get(entry_key(diary_id, entry_id), comment_id)
        if comment is None:
            raise NotFoundError
        return comment

    def _shown(self, comments: Sequence[Comment]) -> list[CommentDetails]:
        names = self._reader.names_of({comment.author_id for comment in comments})
        return [
            CommentDetails(comment=comment, author_name=names[comment.author_id])
            for comment in comments
        ]
