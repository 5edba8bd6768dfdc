"""Notices in DynamoDB.

A person's partition holds three kinds of items: ``inbox``, the state; ``n#<number>``, the notices
in their order; ``told#<key>``, the guards that make what is told again known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from pynamodb.attributes import MapAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from deepstory.dynamodb import (
    TimestampAttribute,
    TransactionRefusedError,
    bound,
    key_of,
    transact,
)
from deepstory.notices.entities import Inbox, Notice
from deepstory.notices.kinds import Kind, News

_INBOX = "inbox"
_NOTICE = "n#"
_TOLD = "told#"
_DIGITS = 12
_LAST_NUMBER = 10**_DIGITS - 1
# Usually the first is the one; only what expired in the last days may stand before it.
_PAGE = 50


class ByActor(GlobalSecondaryIndex["NoticeItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    actor_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(range_key=True)


class NoticeItem(Model):
    user_id = UnicodeAttribute(hash_key=True)
    notice_key = UnicodeAttribute(range_key=True)
    # The inbox has these.
    last = NumberAttribute(null=True)
    read = NumberAttribute(null=True)
    # Notices have these.
    news_key = UnicodeAttribute(null=True)
    kind = UnicodeAttribute(null=True)
    actor_id = UnicodeAttribute(null=True)
    targets: MapAttribute[str, str] = MapAttribute(null=True)
    created_at = TimestampAttribute(null=True)
    # Notices and guards have this.
    expires_at = NumberAttribute(null=True)

    by_actor = ByActor()


class DynamoDBNoticeRepository:
    def __init__(self, *, notices_table: str, connection: Connection) -> None:
        self._items = bound(NoticeItem, notices_table)
        self._connection = connection

    def inbox(self, user_id: str) -> Inbox:
        try:
            item = self._items.get(user_id, _INBOX, consistent_read=True)
        except self._items.DoesNotExist:
            return Inbox(user_id=user_id)
        return Inbox(user_id=user_id, last=int(item.last), read=int(item.read or 0))

    def told(self, user_id: str, keys: Iterable[str]) -> set[str]:
        wanted = {(user_id, guard_key(key)) for key in keys}
        found = self._items.batch_get(wanted, consistent_read=True)
        return {item.notice_key.removeprefix(_TOLD) for item in found}

    def add(self, inbox: Inbox, notices: Sequence[Notice]) -> bool:
        unchanged: Condition = NoticeItem.last.does_not_exist()
        if inbox.last:
            unchanged = NoticeItem.last == inbox.last

        def build(transaction: TransactWrite) -> None:
            for notice in notices:
                transaction.save(self._notice_item(notice))
                transaction.save(
                    self._items(
                        notice.user_id,
                        guard_key(notice.news.key),
                        expires_at=notice.expires_at,
                    ),
                    condition=NoticeItem.notice_key.does_not_exist(),
                )
            transaction.update(
                self._items(inbox.user_id, _INBOX),
                actions=[NoticeItem.last.set(notices[-1].number)],
                condition=unchanged,
            )

        try:
            transact(self._connection, build)
        except TransactionRefusedError:
            return False
        return True

    def entries(self, user_id: str, *, limit: int, before: int | None) -> Sequence[Notice]:
        start = None
        if before is not None:
            start = {"user_id": user_id, "notice_key": _key(before)}
        items = self._items.query(
            user_id,
            NoticeItem.notice_key.startswith(_NOTICE),
            consistent_read=True,
            scan_index_forward=False,
            limit=limit,
            last_evaluated_key=key_of(start),
        )
        return [_notice(item) for item in items]

    def first_after(self, user_id: str, number: int, *, now: datetime) -> int | None:
        items = self._items.query(
            user_id,
            NoticeItem.notice_key.between(_key(number + 1), _key(_LAST_NUMBER)),
            filter_condition=NoticeItem.expires_at > int(now.timestamp()),
            consistent_read=True,
            limit=1,
            page_size=_PAGE,
        )
        return next((_number(item) for item in items), None)

    def mark_read(self, user_id: str, up_to: int) -> None:
        def build(transaction: TransactWrite) -> None:
            transaction.update(
                self._items(user_id, _INBOX),
                actions=[NoticeItem.read.set(up_to)],
                condition=NoticeItem.last.exists()
                & (NoticeItem.read.does_not_exist() | (NoticeItem.read < up_to)),
            )

        try:
            # A transaction of one, because it waits for the one that gives the inbox notices.
            transact(self._connection, build)
        except TransactionRefusedError:
            return

    def _notice_item(self, notice: Notice) -> NoticeItem:
        news = notice.news
        return self._items(
            notice.user_id,
            _key(notice.number),
            news_key=news.key,
            kind=news.kind,
            actor_id=news.actor_id,
            targets=news.targets,
            created_at=notice.created_at,
            expires_at=notice.expires_at,
        )


def guard_key(news_key: str) -> str:
    """Return where it is noted that somebody was told this news."""
    return f"{_TOLD}{news_key}"


def _key(number: int) -> str:
    return f"{_NOTICE}{number:0{_DIGITS}}"


def _number(item: NoticeItem) -> int:
    return int(item.notice_key.removeprefix(_NOTICE))


def _notice(item: NoticeItem) -> Notice:
    return Notice(
        user_id=item.user_id,
        number=_number(item),
        news=News(
            key=item.news_key,
            kind=cast(Kind, item.kind),
            actor_id=item.actor_id,
            targets=item.targets.as_dict(),
        ),
        created_at=item.created_at,
        expires_at=int(item.expires_at),
    )
