"""Secret diaries in DynamoDB; what opens and closes them is with friendships."""

from __future__ import annotations

from collections.abc import Iterable

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DeleteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from deepstory.dynamodb import bound, is_refused
from deepstory.friends.entities import Membership
from deepstory.secret_diaries.entities import SecretDiary
from deepstory.secret_diaries.items import SecretDiaryItem, diary_of
from deepstory.secret_diaries.writing import SecretWrites


class DynamoDBSecretDiaryRepository:
    def __init__(self, *, secret_diaries_table: str, writes: SecretWrites) -> None:
        self._diaries = bound(SecretDiaryItem, secret_diaries_table)
        self._writes = writes

    def get(self, diary_id: str) -> SecretDiary | None:
        try:
            return diary_of(self._diaries.get(diary_id, consistent_read=True))
        except self._diaries.DoesNotExist:
            return None

    def get_many(self, diary_ids: Iterable[str]) -> dict[str, SecretDiary]:
        wanted = set(diary_ids)
        if not wanted:
            return {}
        items = self._diaries.batch_get(wanted, consistent_read=True)
        return {item.diary_id: diary_of(item) for item in items}

    def rename(self, membership: Membership, name: str) -> bool:
        def build(transaction: TransactWrite) -> None:
            transaction.update(
                self._diaries(membership.diary_id),
                actions=[SecretDiaryItem.name.set(name)],
                condition=SecretDiaryItem.diary_id.exists(),
            )

        return self._writes.write(membership, build)

    def forget_member(self, user_id: str, *, limit: int) -> int:
        by_asker = [item.diary_id for item in self._diaries.by_asker.query(user_id, limit=limit)]
        left = limit - len(by_asker)
        by_friend = self._diaries.by_friend.query(user_id, limit=left) if left else ()
        for diary_id in by_asker:
            self._forget(diary_id, SecretDiaryItem.asker_id, SecretDiaryItem.friend_id, user_id)
        others = [item.diary_id for item in by_friend]
        for diary_id in others:
            self._forget(diary_id, SecretDiaryItem.friend_id, SecretDiaryItem.asker_id, user_id)
        return len(by_asker) + len(others)

    def count_of(self, user_id: str) -> int:
        indexes = (self._diaries.by_asker, self._diaries.by_friend)
        return sum(index.count(user_id) for index in indexes)

    def _forget(
        self, diary_id: str, mine: UnicodeAttribute, other: UnicodeAttribute, user_id: str
    ) -> None:
        """Take a member out, or delete the diary that has no other; the next step sees the rest."""
        diary = self._diaries(diary_id)
        own: Condition = (mine == user_id) & SecretDiaryItem.closed_at.exists()
        try:
            diary.update([mine.remove()], own & other.exists())
        except UpdateError as error:
            if not is_refused(error):
                raise
        else:
            return
        try:
            diary.delete(own & other.does_not_exist())
        except DeleteError as error:
            if not is_refused(error):
                raise
