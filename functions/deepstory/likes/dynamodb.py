"""Likes in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DeleteError, PutError
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from deepstory.dynamodb import bound, is_refused, key_of
from deepstory.ids import BEHIND_IDS
from deepstory.likes.entities import Like


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
            user_id,
            LikeItem.liked_id < BEHIND_IDS,
            scan_index_forward=False,
            limit=limit,
            last_evaluated_key=key_of(start),
        )
        return [
            Like(post_id=item.post_id, user_id=user_id, liked_id=item.liked_id) for item in items
        ]

    def count_of(self, counted_id: str) -> int:
        return self._likes.count(counted_id, consistent_read=True)

    def remove_of(self, counted_id: str, *, limit: int) -> int:
        keys = list(
            self._likes.query(
                counted_id,
                consistent_read=True,
                limit=limit,
                attributes_to_get=["post_id", "user_id"],
            )
        )
        with self._likes.batch_write() as batch:
            for key in keys:
                batch.delete(key)
        return len(keys)
