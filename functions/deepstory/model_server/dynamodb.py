"""The model server in DynamoDB: one item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import msgspec
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
from deepstory.model_server.averages import Average
from deepstory.model_server.entities import Mode, ModelServer, State, Unfinished
from deepstory.model_server.schedule import Occurrence
from deepstory.model_server.usage import Usage

# One endpoint; another one would be another item.
_ID = "main"


class ModelServerItem(Model):
    id = UnicodeAttribute(hash_key=True)
    mode = UnicodeAttribute()
    changed_by = UnicodeAttribute(null=True)
    changed_at = TimestampAttribute(null=True)
    applied = UnicodeAttribute(null=True)
    window_starts_at = TimestampAttribute(null=True)
    window_ends_at = TimestampAttribute(null=True)
    unfinished = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    instances = NumberAttribute()
    billed = NumberAttribute(default=0)
    observed_at = TimestampAttribute(null=True)
    waking_since = TimestampAttribute(null=True)
    finished_at = TimestampAttribute(null=True)
    worked_at = TimestampAttribute(null=True)
    cold_start_seconds = NumberAttribute()
    cold_start_samples = NumberAttribute()
    drawing_seconds = NumberAttribute()
    drawing_samples = NumberAttribute()
    interval_seconds = NumberAttribute()
    interval_samples = NumberAttribute()
    # JSON: its numbers can be larger than a float holds exactly.
    usage = UnicodeAttribute(default="[]")
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
            applied=cast(Mode, item.applied or item.mode),
            window=_window(item),
            unfinished=cast("Unfinished | None", item.unfinished),
            state=cast(State, item.state),
            instances=int(item.instances),
            billed=int(item.billed),
            observed_at=item.observed_at,
            waking_since=item.waking_since,
            finished_at=item.finished_at,
            worked_at=item.worked_at,
            cold_start=Average(float(item.cold_start_seconds), int(item.cold_start_samples)),
            drawing=Average(float(item.drawing_seconds), int(item.drawing_samples)),
            interval=Average(float(item.interval_seconds), int(item.interval_samples)),
            usage=msgspec.json.decode(item.usage, type=tuple[Usage, ...]),
            version=int(item.version),
        )

    def replace(self, after: ModelServer, entries: Sequence[AuditEntry] = ()) -> bool:
        before = after.version - 1
        condition = (
            ModelServerItem.version == before if before else ModelServerItem.id.does_not_exist()
        )
        if entries:
            return self._replace_and_log(after, condition, entries)
        try:
            self._item(after).save(condition)
        except PutError as error:
            if is_refused(error) or is_conflict(error):
                return False
            raise
        return True

    def _replace_and_log(
        self, after: ModelServer, condition: Condition, entries: Sequence[AuditEntry]
    ) -> bool:
        audit = self._audit
        assert audit is not None  # noqa: S101  # whoever switches has it

        def build(transaction: TransactWrite) -> None:
            transaction.save(self._item(after), condition=condition)
            for entry in entries:
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
            applied=server.applied,
            window_starts_at=server.window.starts_at if server.window else None,
            window_ends_at=server.window.ends_at if server.window else None,
            unfinished=server.unfinished,
            state=server.state,
            instances=server.instances,
            billed=server.billed,
            observed_at=server.observed_at,
            waking_since=server.waking_since,
            finished_at=server.finished_at,
            worked_at=server.worked_at,
            cold_start_seconds=round(server.cold_start.value, 3),
            cold_start_samples=server.cold_start.samples,
            drawing_seconds=round(server.drawing.value, 3),
            drawing_samples=server.drawing.samples,
            interval_seconds=round(server.interval.value, 3),
            interval_samples=server.interval.samples,
            usage=msgspec.json.encode(server.usage).decode(),
            version=server.version,
        )


def _window(item: ModelServerItem) -> Occurrence | None:
    if item.window_starts_at is None:
        return None
    return Occurrence(starts_at=item.window_starts_at, ends_at=item.window_ends_at)
