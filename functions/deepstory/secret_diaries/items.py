"""How secret diaries and their entries lie in DynamoDB."""

from __future__ import annotations

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from deepstory.dynamodb import TimestampAttribute
from deepstory.posts.items import EntryItem, entry_attributes, entry_fields
from deepstory.secret_diaries.entities import SecretDiary, SecretEntry


class DiaryByAsker(GlobalSecondaryIndex["SecretDiaryItem"]):
    class Meta:
        index_name = "by_asker"
        projection = KeysOnlyProjection()

    asker_id = UnicodeAttribute(hash_key=True)
    diary_id = UnicodeAttribute(range_key=True)


class DiaryByFriend(GlobalSecondaryIndex["SecretDiaryItem"]):
    class Meta:
        index_name = "by_friend"
        projection = KeysOnlyProjection()

    friend_id = UnicodeAttribute(hash_key=True)
    diary_id = UnicodeAttribute(range_key=True)


class SecretDiaryItem(Model):
    """Closed diaries stay: their entries are in their authors' exports, with the name."""

    diary_id = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute()
    asker_id = UnicodeAttribute(null=True)
    friend_id = UnicodeAttribute(null=True)
    since = TimestampAttribute()
    closed_at = TimestampAttribute(null=True)

    by_asker = DiaryByAsker()
    by_friend = DiaryByFriend()


class EntryByAuthor(GlobalSecondaryIndex["SecretEntryItem"]):
    class Meta:
        index_name = "by_author"
        projection = KeysOnlyProjection()

    author_id = UnicodeAttribute(hash_key=True)
    author_key = UnicodeAttribute(range_key=True)


class SecretEntryItem(EntryItem):
    diary_id = UnicodeAttribute(hash_key=True)
    entry_id = UnicodeAttribute(range_key=True)
    # The diary and the entry, so that an author's entries lie together by diary.
    author_key = UnicodeAttribute()

    by_author = EntryByAuthor()


def author_key(diary_id: str, entry_id: str) -> str:
    return f"{diary_id}#{entry_id}"


def diary_item(model: type[SecretDiaryItem], diary: SecretDiary) -> SecretDiaryItem:
    return model(
        diary.diary_id,
        name=diary.name,
        asker_id=diary.asker_id,
        friend_id=diary.friend_id,
        since=diary.since,
        closed_at=diary.closed_at,
    )


def diary_of(item: SecretDiaryItem) -> SecretDiary:
    return SecretDiary(
        diary_id=item.diary_id,
        name=item.name,
        asker_id=item.asker_id,
        friend_id=item.friend_id,
        since=item.since,
        closed_at=item.closed_at,
    )


def entry_item(model: type[SecretEntryItem], entry: SecretEntry) -> SecretEntryItem:
    return model(
        entry.diary_id,
        entry.entry_id,
        author_key=author_key(entry.diary_id, entry.entry_id),
        **entry_attributes(entry),
    )


def secret_entry_of(item: SecretEntryItem) -> SecretEntry:
    return SecretEntry(**entry_fields(item), diary_id=item.diary_id, entry_id=item.entry_id)
