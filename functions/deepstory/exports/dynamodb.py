"""Exports in DynamoDB.

A person's partition holds their exports by id, and one item ``running`` that names the pending one:
it is what keeps a second from beginning.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from deepstory.dynamodb import (
    TimestampAttribute,
    TransactionRefusedError,
    bound,
    is_refused,
    transact,
)
from deepstory.exports.entities import GIVEN_UP_AFTER, KEPT_FOR, Export, Status

_RUNNING = "running"
# Longer than the object can be there, so that erasing an account finds what it has to remove.
_RECORD_KEPT_FOR = KEPT_FOR + timedelta(days=3)


class ExportItem(Model):
    user_id = UnicodeAttribute(hash_key=True)
    export_id = UnicodeAttribute(range_key=True)
    # Exports have these.
    status = UnicodeAttribute(null=True)
    file_key = UnicodeAttribute(null=True)
    requested_at = TimestampAttribute(null=True)
    leased_until = TimestampAttribute(null=True)
    attempts = NumberAttribute(null=True)
    finished_at = TimestampAttribute(null=True)
    size = NumberAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    # The guard has these.
    running_id = UnicodeAttribute(null=True)
    until = TimestampAttribute(null=True)


class DynamoDBExportRepository:
    def __init__(self, *, exports_table: str, connection: Connection) -> None:
        self._exports = bound(ExportItem, exports_table)
        self._connection = connection

    def add(self, export: Export) -> bool:
        now = export.requested_at

        def build(transaction: TransactWrite) -> None:
            transaction.save(
                self._exports(
                    export.user_id,
                    export.export_id,
                    status=export.status,
                    file_key=export.file_key,
                    requested_at=now,
                    attempts=export.attempts,
                    expires_at=int((now + _RECORD_KEPT_FOR).timestamp()),
                )
            )
            transaction.update(
                self._exports(export.user_id, _RUNNING),
                actions=[
                    ExportItem.running_id.set(export.export_id),
                    ExportItem.until.set(now + GIVEN_UP_AFTER),
                ],
                condition=ExportItem.until.does_not_exist() | (ExportItem.until <= now),
            )

        try:
            transact(self._connection, build)
        except TransactionRefusedError:
            return False
        return True

    def get(self, user_id: str, export_id: str) -> Export | None:
        item = self._item(user_id, export_id)
        return export_of(item) if item else None

    def running(self, user_id: str) -> Export | None:
        guard = self._item(user_id, _RUNNING)
        return self.get(user_id, guard.running_id) if guard else None

    def claim(self, export: Export, *, now: datetime, until: datetime) -> Export | None:
        item = self._exports(export.user_id, export.export_id)
        lease = ExportItem.leased_until
        try:
            item.update(
                [lease.set(until), ExportItem.attempts.add(1)],
                (ExportItem.status == "pending") & (lease.does_not_exist() | (lease <= now)),
            )
        except UpdateError as error:
            if is_refused(error):
                return None
            raise
        return export_of(item)

    def finish(
        self, export: Export, status: Status, *, now: datetime, size: int | None = None
    ) -> bool:
        actions: list[Action] = [
            ExportItem.status.set(status),
            ExportItem.finished_at.set(now),
            ExportItem.expires_at.set(int((now + _RECORD_KEPT_FOR).timestamp())),
        ]
        if size is not None:
            actions.append(ExportItem.size.set(size))

        def build(transaction: TransactWrite) -> None:
            transaction.update(
                self._exports(export.user_id, export.export_id),
                actions=actions,
                condition=ExportItem.status == "pending",
            )
            transaction.delete(
                self._exports(export.user_id, _RUNNING),
                condition=ExportItem.running_id == export.export_id,
            )

        try:
            transact(self._connection, build)
        except TransactionRefusedError:
            return False
        return True

    def _item(self, user_id: str, export_id: str) -> ExportItem | None:
        try:
            return self._exports.get(user_id, export_id, consistent_read=True)
        except self._exports.DoesNotExist:
            return None


def export_of(item: ExportItem) -> Export:
    return Export(
        user_id=item.user_id,
        export_id=item.export_id,
        status=cast(Status, item.status),
        file_key=item.file_key,
        requested_at=item.requested_at,
        leased_until=item.leased_until,
        attempts=int(item.attempts),
        finished_at=item.finished_at,
        size=None if item.size is None else int(item.size),
    )
