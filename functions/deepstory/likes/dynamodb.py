"""Likes and their counters in DynamoDB; a counter lies in the post it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DeleteError, PutError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from deepstory.dynamodb import bound, is_refused, key_of
from deepstory.likes.entities import FIRST_SEQUENCE, Like, LikeCounter
from deepstory.posts.feeds import rank
from deepstory.posts.items import PostItem

# DynamoDB's sequence numbers have up to 40 digits; of equal width, text order is their order.
_SEQUENCE_DIGITS = 40


class ByUser(GlobalSecondaryIndex["LikeItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    user_id = UnicodeAttribute(hash_key=True)
    liked_id = UnicodeAttribute(range_key=True)


class LikeItem(Model):
    post_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)
    liked_id = UnicodeAttribute()

    by_user = ByUser()


class DynamoDBLikeRepository:
    def __init__(self, likes_table: str) -> None:
        self._likes = bound(LikeItem, likes_table)

    def add(self, like: Like) -> bool:
        item = self._likes(like.post_id, like.user_id, liked_id=like.liked_id)
        try:
            item.save(condition=LikeItem.post_id.does_not_exist())
        except PutError as error:
            if is_refused(error):
                return False
            raise
        return True

    def remove(self, *, post_id: str, user_id: str) -> bool:
        try:
            self._likes(post_id, user_id).delete(condition=LikeItem.post_id.exists())
        except DeleteError as error:
            if is_refused(error):
                return False
            raise
        return True

    def liked_by(self, user_id: str, post_ids: Iterable[str]) -> set[str]:
        wanted = {(post_id, user_id) for post_id in post_ids}
        if not wanted:
            return set()
        return {item.post_id for item in self._likes.batch_get(wanted, consistent_read=True)}

    def entries(self, user_id: str, *, limit: int, after: Like | None) -> Sequence[Like]:
        start = None
        if after is not None:
            start = {"user_id": user_id, "liked_id": after.liked_id, "post_id": after.post_id}
        items = self._likes.by_user.query(
            user_id, scan_index_forward=False, limit=limit, last_evaluated_key=key_of(start)
        )
        return [
            Like(post_id=item.post_id, user_id=user_id, liked_id=item.liked_id) for item in items
        ]


class DynamoDBLikeCounterRepository:
    def __init__(self, posts_table: str) -> None:
        self._posts = bound(PostItem, posts_table)

    def get(self, post_id: str) -> LikeCounter | None:
        try:
            item = self._posts.get(
                post_id,
                consistent_read=True,
                attributes_to_get=["post_id", "like_count", "last_sequence", "visibility"],
            )
        except self._posts.DoesNotExist:
            return None
        return LikeCounter(
            post_id=post_id,
            count=int(item.like_count),
            last_sequence=int(item.last_sequence) if item.last_sequence else FIRST_SEQUENCE,
            public=item.visibility == "public",
        )

    def replace(self, counter: LikeCounter, *, count: int, last_sequence: int) -> bool:
        actions: list[Action] = [
            PostItem.like_count.set(count),
            PostItem.last_sequence.set(_text(last_sequence)),
        ]
        if counter.public:
            actions.append(PostItem.rank.set(rank(count, counter.post_id)))
        try:
            self._posts(counter.post_id).update(actions, _unchanged(counter))
        except UpdateError as error:
            if is_refused(error):
                return False
            raise
        return True


def _unchanged(counter: LikeCounter) -> Condition:
    """Return the condition that nothing was counted, and nobody (un)published, meanwhile."""
    counted: Condition = PostItem.last_sequence.does_not_exist()
    if counter.last_sequence != FIRST_SEQUENCE:
        counted = PostItem.last_sequence == _text(counter.last_sequence)
    visibility: Condition = PostItem.visibility == ("public" if counter.public else "private")
    # The visibility also tells that the post still exists.
    unchanged: Condition = visibility & counted
    return unchanged


def _text(sequence: int) -> str:
    return f"{sequence:0{_SEQUENCE_DIGITS}}"
