"""Comments in DynamoDB: those of one parent share a partition, in the order of their ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import DeleteError, PutError, UpdateError
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from deepstory.comments.entities import Comment, parent_of
from deepstory.dynamodb import (
    TimestampAttribute,
    TransactionRefusedError,
    bound,
    is_refused,
    key_of,
    transact,
)
from deepstory.idempotency import (
    DuplicateRequestError,
    DynamoDBIdempotencyRepository,
    IdempotencyRecord,
    unclaimed,
)


class ById(GlobalSecondaryIndex["CommentItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    comment_id = UnicodeAttribute(hash_key=True)
    parent = UnicodeAttribute(range_key=True)


class CommentsByAuthor(GlobalSecondaryIndex["CommentItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    author_id = UnicodeAttribute(hash_key=True)
    comment_id = UnicodeAttribute(range_key=True)


class CommentItem(Model):
    parent = UnicodeAttribute(hash_key=True)
    comment_id = UnicodeAttribute(range_key=True)
    author_id = UnicodeAttribute()
    text = UnicodeAttribute()
    created_at = TimestampAttribute()
    # Only hidden comments have it.
    hidden = BooleanAttribute(null=True)

    by_id = ById()
    by_author = CommentsByAuthor()


class DynamoDBCommentRepository:
    def __init__(
        self,
        *,
        comments_table: str,
        idempotency: DynamoDBIdempotencyRepository | None,
        connection: Connection,
    ) -> None:
        """Workers, which never create comments, give no idempotency."""
        self._comments = bound(CommentItem, comments_table)
        self._idempotency = idempotency
        self._connection = connection

    def add(self, comment: Comment, record: IdempotencyRecord | None = None) -> None:
        item = comment_item(self._comments, comment)
        if record is None:
            self._put(item)
            return
        idempotency = self._idempotency
        assert idempotency is not None  # noqa: S101  # not a worker

        def build(transaction: TransactWrite) -> None:
            transaction.save(item)
            transaction.save(idempotency.item(record), condition=unclaimed())

        try:
            transact(self._connection, build)
        except TransactionRefusedError as error:
            raise DuplicateRequestError from error

    def get(self, parent: str, comment_id: str) -> Comment | None:
        try:
            return _comment(self._comments.get(parent, comment_id, consistent_read=True))
        except self._comments.DoesNotExist:
            return None

    def find(self, comment_id: str) -> Comment | None:
        for item in self._comments.by_id.query(comment_id, limit=1):
            return self.get(item.parent, comment_id)
        return None

    def get_many(self, keys: Iterable[tuple[str, str]]) -> dict[str, Comment]:
        wanted = set(keys)
        if not wanted:
            return {}
        return {item.comment_id: _comment(item) for item in self._comments.batch_get(wanted)}

    def set_hidden(self, comment: Comment, *, hidden: bool) -> bool:
        action = CommentItem.hidden.set(True) if hidden else CommentItem.hidden.remove()
        try:
            self._comments(comment.parent, comment.comment_id).update(
                [action], CommentItem.author_id == comment.author_id
            )
        except UpdateError as error:
            if is_refused(error):
                return False
            raise
        return True

    def entries(self, parent: str, *, limit: int, after: str | None) -> Sequence[Comment]:
        start = None if after is None else {"parent": parent, "comment_id": after}
        items = self._comments.query(
            parent, consistent_read=True, limit=limit, last_evaluated_key=key_of(start)
        )
        return [_comment(item) for item in items]

    def remove(self, comment: Comment) -> bool:
        try:
            self._comments(comment.parent, comment.comment_id).delete(
                condition=CommentItem.author_id == comment.author_id
            )
        except DeleteError as error:
            if is_refused(error):
                return False
            raise
        return True

    def count_of(self, counted_id: str) -> int:
        return self._comments.count(parent_of(counted_id), consistent_read=True)

    def remove_of(self, counted_id: str, *, limit: int) -> int:
        keys = list(
            self._comments.query(
                parent_of(counted_id),
                consistent_read=True,
                limit=limit,
                attributes_to_get=["parent", "comment_id"],
            )
        )
        with self._comments.batch_write() as batch:
            for key in keys:
                batch.delete(key)
        return len(keys)

    def _put(self, item: CommentItem) -> None:
        try:
            item.save(condition=CommentItem.parent.does_not_exist())
        except PutError as error:
            # Ids are never given twice: an earlier try of this very write got through.
            if not is_refused(error):
                raise


def comment_item(model: type[CommentItem], comment: Comment) -> CommentItem:
    return model(
        comment.parent,
        comment.comment_id,
        author_id=comment.author_id,
        text=comment.text,
        created_at=comment.created_at,
        hidden=comment.hidden or None,
    )


def _comment(item: CommentItem) -> Comment:
    return Comment(
        parent=item.parent,
        comment_id=item.comment_id,
        author_id=item.author_id,
        text=item.text,
        created_at=item.created_at,
        hidden=bool(item.hidden),
    )
