"""The model server's schedule in DynamoDB: an item beside the server's own."""

from __future__ import annotations

import msgspec
from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from deepstory.audit.dynamodb import DynamoDBAuditRepository
from deepstory.audit.entities import AuditEntry
from deepstory.dynamodb import TimestampAttribute, TransactionRefusedError, bound, transact
from deepstory.model_server.schedule import ModelSchedule, OnWindow

_ID = "schedule"


class ModelScheduleItem(Model):
    id = UnicodeAttribute(hash_key=True)
    zone = UnicodeAttribute()
    windows = UnicodeAttribute()
    enabled = BooleanAttribute()
    idle_minutes = NumberAttribute()
    changed_by = UnicodeAttribute(null=True)
    changed_at = TimestampAttribute(null=True)
    version = NumberAttribute()


class DynamoDBModelScheduleRepository:
    def __init__(
        self,
        *,
        model_server_table: str,
        audit: DynamoDBAuditRepository | None,
        connection: Connection,
    ) -> None:
        """The audit log is for changing; whoever never does has none."""
        self._items = bound(ModelScheduleItem, model_server_table)
        self._audit = audit
        self._connection = connection

    def get(self) -> ModelSchedule | None:
        try:
            item = self._items.get(_ID, consistent_read=True)
        except self._items.DoesNotExist:
            return None
        return ModelSchedule(
            zone=item.zone,
            windows=msgspec.json.decode(item.windows, type=tuple[OnWindow, ...]),
            enabled=item.enabled,
            idle_minutes=int(item.idle_minutes),
            changed_by=item.changed_by,
            changed_at=item.changed_at,
            version=int(item.version),
        )

    def replace(self, after: ModelSchedule, entry: AuditEntry) -> bool:
        audit, before = self._audit, after.version - 1
        assert audit is not None  # noqa: S101  # whoever changes it has it
        condition = (
            ModelScheduleItem.version == before if before else ModelScheduleItem.id.does_not_exist()
        )

        def build(transaction: TransactWrite) -> None:
            transaction.save(self._item(after), condition=condition)
            audit.add_to(transaction, entry)

        try:
            transact(self._connection, build)
        except TransactionRefusedError:
            return False
        return True

    def _item(self, schedule: ModelSchedule) -> ModelScheduleItem:
        return self._items(
            _ID,
            zone=schedule.zone,
            windows=msgspec.json.encode(schedule.windows).decode(),
            enabled=schedule.enabled,
            idle_minutes=schedule.idle_minutes,
            changed_by=schedule.changed_by,
            changed_at=schedule.changed_at,
            version=schedule.version,
        )
