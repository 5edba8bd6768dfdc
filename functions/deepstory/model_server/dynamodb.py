"""The one item of the model server in DynamoDB."""

from __future__ import annotations

from typing import cast

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import PutError
from pynamodb.expressions.condition import Condition
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from deepstory.audit.dynamodb import DynamoDBAuditRepository
from deepstory.audit.entities import AuditEntry
from deepstory.dynamodb import (
    TimestampAttribute,
    TransactionRefusedError,
    bound,
    is_conflict,
    is_refused,
    transact,
)
from deepstory.model_server.entities import Average, Mode, ModelServer, State

# One endpoint; another one would be another item.
_ID = "main"


class ModelServerItem(Model):
    id = UnicodeAttribute(hash_key=True)
    mode = UnicodeAttribute()
    changed_by = UnicodeAttribute(null=True)
    changed_at = TimestampAttribute(null=True)
    state = UnicodeAttribute()
    instances = NumberAttribute()
    observed_at = TimestampAttribute(null=True)
    waking_since = TimestampAttribute(null=True)
    finished_at = TimestampAttribute(null=True)
    cold_start_seconds = NumberAttribute()
    cold_start_samples = NumberAttribute()
    drawing_seconds = NumberAttribute()
    drawing_samples = NumberAttribute()
    interval_seconds = NumberAttribute()
    interval_samples = NumberAttribute()
    version = NumberAttribute()


class DynamoDBModelServerRepository:
    def __init__(
        self,
        *,
        model_server_table: str,
        audit: DynamoDBAuditRepository | None,
        connection: Connection,
    ) -> None:
        """The audit log is for switching; whoever never does has none."""
        self._items = bound(ModelServerItem, model_server_table)
        self._audit = audit
        self._connection = connection

    def get(self) -> ModelServer | None:
        try:
            item = self._items.get(_ID, consistent_read=True)
        except self._items.DoesNotExist:
            return None
        return ModelServer(
            mode=cast(Mode, item.mode),
            changed_by=item.changed_by,
            changed_at=item.changed_at,
            state=cast(State, item.state),
            instances=int(item.instances),
            observed_at=item.observed_at,
            waking_since=item.waking_since,
            finished_at=item.finished_at,
            cold_start=Average(float(item.cold_start_seconds), int(item.cold_start_samples)),
            drawing=Average(float(item.drawing_seconds), int(item.drawing_samples)),
            interval=Average(float(item.interval_seconds), int(item.interval_samples)),
            version=int(item.version),
        )

    def replace(self, after: ModelServer, entry: AuditEntry | None = None) -> bool:
        before = after.version - 1
        condition = (
            ModelServerItem.version == before if before else ModelServerItem.id.does_not_exist()
        )
        if entry is not None:
            return self._replace_and_log(after, condition, entry)
        try:
            self._item(after).save(condition)
        except PutError as error:
            if is_refused(error) or is_conflict(error):
                return False
            raise
        return True

    def _replace_and_log(self, after: ModelServer, condition: Condition, entry: AuditEntry) -> bool:
        audit = self._audit
        assert audit is not None  # noqa: S101  # whoever switches has it

        def build(transaction: TransactWrite) -> None:
            transaction.save(self._item(after), condition=condition)
            audit.add_to(transaction, entry)

        try:
            transact(self._connection, build)
        except TransactionRefusedError:
            return False
        return True

    def _item(self, server: ModelServer) -> ModelServerItem:
        return self._items(
            _ID,
            mode=server.mode,
            changed_by=server.changed_by,
            changed_at=server.changed_at,
            state=server.state,
            instances=server.instances,
            observed_at=server.observed_at,
            waking_since=server.waking_since,
            finished_at=server.finished_at,
            cold_start_seconds=round(server.cold_start.value, 3),
            cold_start_samples=server.cold_start.samples,
            drawing_seconds=round(server.drawing.value, 3),
            drawing_samples=server.drawing.samples,
            interval_seconds=round(server.interval.value, 3),
            interval_samples=server.interval.samples,
            version=server.version,
        )
