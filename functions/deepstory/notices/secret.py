"""Telling secret friends what happened between them; only ids, and only while they are friends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from deepstory.dynamodb import bound
from deepstory.notices import kinds
from deepstory.notices.kinds import News
from deepstory.notices.writing import NoticeWriter
from deepstory.secret_diaries.entities import entry_of
from deepstory.secret_diaries.items import SecretDiaryItem, SecretEntryItem


class SecretFriends(Protocol):
    """All that telling reads of secret diaries. Read consistently."""

    def friend_of(self, user_id: str, *, diary_id: str) -> str | None:
        """Return the other member; None if the diary is closed or gone."""

    def author_of(self, *, diary_id: str, entry_id: str) -> str | None:
        """Return whose entry it is; None if it is gone."""


class DynamoDBSecretFriends:
    """Reads members and authors, and no text."""

    def __init__(self, *, secret_diaries_table: str, secret_entries_table: str) -> None:
        self._diaries = bound(SecretDiaryItem, secret_diaries_table)
        self._entries = bound(SecretEntryItem, secret_entries_table)

    def friend_of(self, user_id: str, *, diary_id: str) -> str | None:
        try:
            diary = self._diaries.get(
                diary_id,
                consistent_read=True,
                attributes_to_get=["diary_id", "asker_id", "friend_id", "closed_at"],
            )
        except self._diaries.DoesNotExist:
            return None
        others = {diary.asker_id: diary.friend_id, diary.friend_id: diary.asker_id}
        return None if diary.closed_at else others.get(user_id)

    def author_of(self, *, diary_id: str, entry_id: str) -> str | None:
        try:
            entry = self._entries.get(
                diary_id,
                entry_id,
                consistent_read=True,
                attributes_to_get=["diary_id", "entry_id", "author_id"],
            )
        except self._entries.DoesNotExist:
            return None
        return entry.author_id


class SecretNoticeWriter:
    def __init__(self, *, writer: NoticeWriter, friends: SecretFriends) -> None:
        self._writer = writer
        self._friends = friends

    def asked(self, *, request_id: str, asker_id: str, recipient_id: str) -> None:
        """Tell somebody that they are asked to be a secret friend."""
        news = kinds.friend_requested(request_id=request_id, actor_id=asker_id)
        self._writer.tell(user_id=recipient_id, news=[news])

    def accepted(self, *, diary_id: str, asker_id: str, actor_id: str) -> None:
        """Tell an asker that there is a diary now."""
        news = kinds.friend_accepted(diary_id=diary_id, actor_id=actor_id)
        self._writer.tell(user_id=asker_id, news=[news])

    def written(self, *, diary_id: str, entries: Iterable[tuple[str, str]]) -> None:
        """Tell of new entries, given as pairs of entry id and author id."""
        news = [
            kinds.entry_written(diary_id=diary_id, entry_id=entry_id, actor_id=author_id)
            for entry_id, author_id in entries
        ]
        self._tell_friends(diary_id, news)

    def liked(self, *, key: str, actor_ids: Iterable[str]) -> None:
        """Tell an entry's author that the friend likes it."""
        diary_id, entry_id = _place(key)
        author_id = self._friends.author_of(diary_id=diary_id, entry_id=entry_id)
        news = [
            kinds.entry_liked(diary_id=diary_id, entry_id=entry_id, actor_id=actor_id)
            for actor_id in actor_ids
            if actor_id != author_id
        ]
        if author_id is not None:
            self._tell_friends(diary_id, news)

    def commented(self, *, key: str, actors: Iterable[tuple[str, str]]) -> None:
        """Tell the other of comments, given as pairs of comment id and author id.

        Of two, the one who did not write it wants to know it, whoever wrote the entry.
        """
        diary_id, entry_id = _place(key)
        news = [
            kinds.entry_commented(
                diary_id=diary_id, entry_id=entry_id, comment_id=comment_id, actor_id=actor_id
            )
            for comment_id, actor_id in actors
        ]
        self._tell_friends(diary_id, news)

    def _tell_friends(self, diary_id: str, news: Sequence[News]) -> None:
        """Tell each of the two what the other did."""
        for actor_id in {each.actor_id for each in news if each.actor_id}:
            friend_id = self._friends.friend_of(actor_id, diary_id=diary_id)
            if friend_id is not None:
                of_actor = [each for each in news if each.actor_id == actor_id]
                self._writer.tell(user_id=friend_id, news=of_actor)


def _place(key: str) -> tuple[str, str]:
    place = entry_of(key)
    if place is None:
        raise ValueError("not the key of a secret entry")
    return place
