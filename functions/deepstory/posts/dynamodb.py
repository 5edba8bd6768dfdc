"""Posts in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import UNSET
from msgspec.structs import replace
from pynamodb.connection import Connection
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from deepstory.dynamodb import (
    TransactionRefusedError,
    bound,
    is_conflict,
    is_refused,
    key_of,
    transact,
)
from deepstory.errors import UnavailableError
from deepstory.idempotency import (
    DuplicateRequestError,
    DynamoDBIdempotencyRepository,
    IdempotencyRecord,
    unclaimed,
)
from deepstory.posts.entities import Changes, Post
from deepstory.posts.feeds import Feed, FeedEntry
from deepstory.posts.items import (
    KEYS,
    PUBLIC_ATTRIBUTES,
    PostItem,
    change_actions,
    public_attributes,
    to_item,
    to_post,
)
from deepstory.stats.counting import less, of_post
from deepstory.stats.dynamodb import DynamoDBCounterRepository

_VISIBILITY_ATTEMPTS = 10


class DynamoDBPostRepository:
    def __init__(
        self,
        *,
        posts_table: str,
        zone: str,
        idempotency: DynamoDBIdempotencyRepository,
        counters: DynamoDBCounterRepository,
        connection: Connection,
    ) -> None:
        self._posts = bound(PostItem, posts_table)
        self._zone = zone
        self._idempotency = idempotency
        self._counters = counters
        self._connection = connection

    def add(self, post: Post, record: IdempotencyRecord | None = None) -> None:
        item = to_item(self._posts, post, self._zone)

        def build(transaction: TransactWrite) -> None:
            transaction.save(item, condition=PostItem.post_id.does_not_exist())
            if record is not None:
                transaction.save(self._idempotency.item(record), condition=unclaimed())
            self._counters.add_to(transaction, of_post(post.post_id, post.created_at))

        try:
            transact(self._connection, build)
        except TransactionRefusedError as error:
            # Ids are never given twice: without a record, an earlier try of this very write got
            # through, and repeating it would undo what happened to the post since.
            if record is not None:
                raise DuplicateRequestError from error

    def get(self, post_id: str) -> Post | None:
        try:
            return to_post(self._posts.get(post_id, consistent_read=True))
        except self._posts.DoesNotExist:
            return None

    def get_many(self, post_ids: Iterable[str]) -> dict[str, Post]:
        wanted = set(post_ids)
        if not wanted:
            return {}
        items = self._posts.batch_get(wanted, consistent_read=True)
        return {item.post_id: to_post(item) for item in items}

    def change(
        self, post_id: str, *, author_id: str, changes: Changes, now: datetime
    ) -> Post | None:
        actions = [*change_actions(PostItem, changes), PostItem.updated_at.set(now)]
        own = PostItem.author_id == author_id
        if changes.visibility is UNSET:
            return self._update(post_id, actions, own)
        for _ in range(_VISIBILITY_ATTEMPTS):
            # The rank follows from the count, so both must be as they were read.
            post = self.get(post_id)
            if post is None or post.author_id != author_id:
                return None
            after = replace(post, visibility=changes.visibility)
            moves, unmoved = self._moves(post, after)
            changed = self._update(post_id, [*actions, *moves], own & unmoved)
            if changed:
                return changed
        raise UnavailableError(retry_after=1)

    def set_hidden(self, post_id: str, *, hidden: bool) -> bool:
        action = PostItem.hidden.set(True) if hidden else PostItem.hidden.remove()
        for _ in range(_VISIBILITY_ATTEMPTS):
            post = self.get(post_id)
            if post is None:
                return False
            moves, unmoved = self._moves(post, replace(post, hidden=hidden))
            if self._update(post_id, [action, *moves], unmoved):
                return True
        raise UnavailableError(retry_after=1)

    def remove(self, post_id: str, *, author_id: str) -> bool:
        post = self.get(post_id)
        if post is None or post.author_id != author_id:
            return False

        def build(transaction: TransactWrite) -> None:
            transaction.delete(self._posts(post_id), condition=PostItem.author_id == author_id)
            self._counters.add_to(transaction, less(of_post(post_id, post.created_at)))

        try:
            transact(self._connection, build)
        except TransactionRefusedError:
            return False
        return True

    def entries(self, feed: Feed, *, limit: int, after: FeedEntry | None) -> Sequence[FeedEntry]:
        hash_name, range_name = KEYS[feed.index]
        start = None
        if after is not None:
            start = {hash_name: feed.partition, range_name: after.key, "post_id": after.post_id}
        items = self._posts.query(
            feed.partition,
            getattr(PostItem, range_name) >= feed.since if feed.since else None,
            index_name=feed.index,
            scan_index_forward=False,
            limit=limit,
            last_evaluated_key=key_of(start),
        )
        return [FeedEntry(item.post_id, getattr(item, range_name)) for item in items]

    def _update(self, post_id: str, actions: list[Action], condition: Condition) -> Post | None:
        item = self._posts(post_id)
        try:
            item.update(actions, condition)
        except UpdateError as error:
            if is_refused(error):
                return None
            if is_conflict(error):
                raise UnavailableError(retry_after=1) from error
            raise
        return to_post(item)

    def _moves(self, post: Post, after: Post) -> tuple[list[Action], Condition]:
        """Return what moves a post in or out of the public indexes, and when that is right."""
        hidden: Condition = (
            PostItem.hidden.exists() if post.hidden else PostItem.hidden.does_not_exist()
        )
        unmoved: Condition = (PostItem.visibility == post.visibility) & hidden
        if after.is_listed == post.is_listed:
            return [], unmoved
        if not after.is_listed:
            return [getattr(PostItem, name).remove() for name in PUBLIC_ATTRIBUTES], unmoved
        moves = [
            getattr(PostItem, name).set(value)
            for name, value in public_attributes(post, self._zone).items()
        ]
        return moves, unmoved & (PostItem.like_count == post.like_count)
