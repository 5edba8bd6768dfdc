"""The search index in DynamoDB: one item for each term and post."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.exceptions import DeleteError, PutError
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from deepstory.dynamodb import bound, is_refused, key_of
from deepstory.posts.entities import Post
from deepstory.posts.feeds import FeedEntry
from deepstory.posts.items import PostItem, to_post
from deepstory.search.entities import Bound, IndexState
from deepstory.search.terms import is_tag


class ByRank(GlobalSecondaryIndex["PostingItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    term = UnicodeAttribute(hash_key=True)
    rank = UnicodeAttribute(range_key=True)


class PostingItem(Model):
    term = UnicodeAttribute(hash_key=True)
    post_id = UnicodeAttribute(range_key=True)
    version = NumberAttribute()
    # Only tags have it, so only they are in the index by rank.
    rank = UnicodeAttribute(null=True)

    by_rank = ByRank()


class IndexedPostItem(Model):
    post_id = UnicodeAttribute(hash_key=True)
    version = NumberAttribute()
    terms = ListAttribute[str](of=UnicodeAttribute)  # type: ignore[arg-type]  # an Attribute is meant
    rank = UnicodeAttribute(null=True)
    is_pending = BooleanAttribute()
    expires_at = NumberAttribute(null=True)


class DynamoDBIndexedPosts:
    """The posts as the indexing worker reads them, which may do nothing else with them."""

    def __init__(self, posts_table: str) -> None:
        self._posts = bound(PostItem, posts_table)

    def get(self, post_id: str) -> Post | None:
        try:
            return to_post(self._posts.get(post_id, consistent_read=True))
        except self._posts.DoesNotExist:
            return None


class DynamoDBPostingRepository:
    def __init__(self, postings_table: str) -> None:
        self._postings = bound(PostingItem, postings_table)

    def newest(self, term: str, *, start: Bound, limit: int) -> Sequence[str]:
        key = PostingItem.post_id
        items = self._postings.query(
            term,
            key <= start.post_id if start.inclusive else key < start.post_id,
            scan_index_forward=False,
            limit=limit,
            attributes_to_get=["post_id"],
        )
        return [item.post_id for item in items]

    def most_liked(
        self, tag_term: str, *, limit: int, after: FeedEntry | None
    ) -> Sequence[FeedEntry]:
        start = None
        if after is not None:
            start = {"term": tag_term, "rank": after.key, "post_id": after.post_id}
        items = self._postings.by_rank.query(
            tag_term, scan_index_forward=False, limit=limit, last_evaluated_key=key_of(start)
        )
        return [FeedEntry(item.post_id, item.rank) for item in items]

    def add(self, post_id: str, terms: Iterable[str], *, rank: str, version: int) -> None:
        with self._postings.batch_write() as batch:
            for term in terms:
                item = self._postings(term, post_id, version=version)
                if not is_tag(term):
                    batch.save(item)
                    continue
                item.rank = rank
                self._put_ranked(item)

    def remove(self, post_id: str, terms: Iterable[str], *, version: int) -> None:
        for term in terms:
            try:
                self._postings(term, post_id).delete(_not_after(version))
            except DeleteError as error:
                if not is_refused(error):
                    raise

    def _put_ranked(self, item: PostingItem) -> None:
        try:
            item.save(_not_after(int(item.version)))
        except PutError as error:
            if not is_refused(error):
                raise


class DynamoDBIndexStateRepository:
    def __init__(self, indexed_posts_table: str) -> None:
        self._states = bound(IndexedPostItem, indexed_posts_table)

    def get(self, post_id: str) -> IndexState:
        try:
            item = self._states.get(post_id, consistent_read=True)
        except self._states.DoesNotExist:
            return IndexState(post_id=post_id)
        return IndexState(
            post_id=post_id,
            version=int(item.version),
            terms=tuple(item.terms),
            rank=item.rank,
            is_pending=item.is_pending,
        )

    def replace(
        self, before: IndexState, after: IndexState, *, expires_at: datetime | None = None
    ) -> bool:
        item = self._states(
            after.post_id,
            version=after.version,
            terms=list(after.terms),
            rank=after.rank,
            is_pending=after.is_pending,
            expires_at=int(expires_at.timestamp()) if expires_at else None,
        )
        unchanged: Condition = IndexedPostItem.version.does_not_exist()
        if before.version:
            unchanged = IndexedPostItem.version == before.version
        try:
            item.save(unchanged)
        except PutError as error:
            if is_refused(error):
                return False
            raise
        return True


def _not_after(version: int) -> Condition:
    """Return the condition that no later version wrote; an item that is not there has none."""
    missing: Condition = PostingItem.version.does_not_exist()
    earlier: Condition = PostingItem.version <= version
    either: Condition = missing | earlier
    return either
