"""Likes and comments of secret entries: they lie among those of posts, written otherwise."""

from __future__ import annotations

from pynamodb.transactions import TransactWrite

from deepstory.comments.dynamodb import CommentItem, comment_item
from deepstory.comments.entities import Comment
from deepstory.dynamodb import bound
from deepstory.friends.entities import Membership
from deepstory.idempotency import (
    DuplicateRequestError,
    DynamoDBIdempotencyRepository,
    IdempotencyRecord,
    unclaimed,
)
from deepstory.likes.dynamodb import LikeItem
from deepstory.likes.entities import Like
from deepstory.secret_diaries.writing import SecretWrites


class DynamoDBSecretLikes:
    def __init__(self, *, likes_table: str, writes: SecretWrites) -> None:
        self._likes = bound(LikeItem, likes_table)
        self._writes = writes

    def add(self, like: Like, membership: Membership) -> bool:
        item = self._likes(like.post_id, membership.user_id, liked_id=like.liked_id)

        def build(transaction: TransactWrite) -> None:
            transaction.save(item, condition=LikeItem.post_id.does_not_exist())

        return self._writes.write(membership, build)

    def remove(self, key: str, membership: Membership) -> bool:
        def build(transaction: TransactWrite) -> None:
            transaction.delete(
                self._likes(key, membership.user_id), condition=LikeItem.post_id.exists()
            )

        return self._writes.write(membership, build)


class DynamoDBSecretComments:
    def __init__(
        self,
        *,
        comments_table: str,
        idempotency: DynamoDBIdempotencyRepository,
        writes: SecretWrites,
    ) -> None:
        self._comments = bound(CommentItem, comments_table)
        self._idempotency = idempotency
        self._writes = writes

    def add(
        self, comment: Comment, membership: Membership, record: IdempotencyRecord | None = None
    ) -> None:
        item = comment_item(self._comments, comment)

        def build(transaction: TransactWrite) -> None:
            transaction.save(item, condition=CommentItem.parent.does_not_exist())
            if record is not None:
                transaction.save(self._idempotency.item(record), condition=unclaimed())

        # As with entries: without a record it is there already.
        if not self._writes.write(membership, build) and record is not None:
            raise DuplicateRequestError

    def remove(self, comment: Comment, membership: Membership) -> bool:
        def build(transaction: TransactWrite) -> None:
            transaction.delete(
                self._comments(comment.parent, comment.comment_id),
                condition=CommentItem.author_id == comment.author_id,
            )

        return self._writes.write(membership, build)
