"""Reports in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from pynamodb.attributes import UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import PutError
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from deepstory.audit.dynamodb import DynamoDBAuditRepository
from deepstory.audit.entities import AuditEntry
from deepstory.dynamodb import (
    TimestampAttribute,
    TransactionRefusedError,
    bound,
    is_refused,
    key_of,
    transact,
)
from deepstory.reports.entities import Queue, Report, ReportEntry, State, TargetType


class ByQueue(GlobalSecondaryIndex["ReportItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    queue = UnicodeAttribute(hash_key=True)
    queue_key = UnicodeAttribute(range_key=True)


class ByReporter(GlobalSecondaryIndex["ReportItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    reporter_id = UnicodeAttribute(hash_key=True)
    report_id = UnicodeAttribute(range_key=True)


class ByTarget(GlobalSecondaryIndex["ReportItem"]):
    class Meta:
        projection = KeysOnlyProjection()

    target_id = UnicodeAttribute(hash_key=True)
    report_id = UnicodeAttribute(range_key=True)


class ReportItem(Model):
    report_id = UnicodeAttribute(hash_key=True)
    # Reports of people whose account is gone are kept without it.
    reporter_id = UnicodeAttribute(null=True)
    target_type = UnicodeAttribute()
    target_id = UnicodeAttribute()
    post_id = UnicodeAttribute(null=True)
    reason = UnicodeAttribute()
    created_at = TimestampAttribute()
    state = UnicodeAttribute()
    decided_by = UnicodeAttribute(null=True)
    decided_at = TimestampAttribute(null=True)
    queue = UnicodeAttribute()
    queue_key = UnicodeAttribute()

    by_queue = ByQueue()
    by_reporter = ByReporter()
    by_target = ByTarget()


class DynamoDBReportRepository:
    def __init__(
        self, *, reports_table: str, audit: DynamoDBAuditRepository, connection: Connection
    ) -> None:
        self._reports = bound(ReportItem, reports_table)
        self._audit = audit
        self._connection = connection

    def add(self, report: Report) -> bool:
        item = self._reports(
            report.report_id,
            reporter_id=report.reporter_id,
            target_type=report.target_type,
            target_id=report.target_id,
            post_id=report.post_id,
            reason=report.reason,
            created_at=report.created_at,
            state=report.state,
            queue=report.entry.queue,
            queue_key=report.entry.key,
        )
        try:
            item.save(condition=ReportItem.report_id.does_not_exist())
        except PutError as error:
            if is_refused(error):
                return False
            raise
        return True

    def get(self, report_id: str) -> Report | None:
        try:
            return report_of(self._reports.get(report_id, consistent_read=True))
        except self._reports.DoesNotExist:
            return None

    def get_many(self, report_ids: Iterable[str]) -> dict[str, Report]:
        wanted = set(report_ids)
        if not wanted:
            return {}
        items = self._reports.batch_get(wanted, consistent_read=True)
        return {item.report_id: report_of(item) for item in items}

    def replace(self, before: Report, after: Report, entry: AuditEntry | None = None) -> bool:
        assert after.decided_by and after.decided_at  # noqa: S101  # it is a decision
        item, unchanged = self._reports(before.report_id), ReportItem.state == before.state
        actions: list[Action] = [
            ReportItem.state.set(after.state),
            ReportItem.queue.set(after.entry.queue),
            ReportItem.decided_by.set(after.decided_by),
            ReportItem.decided_at.set(after.decided_at),
        ]

        def build(transaction: TransactWrite) -> None:
            transaction.update(item, actions=actions, condition=unchanged)
            if entry is not None:
                self._audit.add_to(transaction, entry)

        try:
            transact(self._connection, build)
        except TransactionRefusedError:
            return False
        return True

    def entries(
        self, queue: Queue, *, limit: int, after: ReportEntry | None
    ) -> Sequence[ReportEntry]:
        start = None
        if after is not None:
            start = {"queue": queue, "queue_key": after.key, "report_id": after.report_id}
        items = self._reports.by_queue.query(
            queue,
            scan_index_forward=queue == "open",
            limit=limit,
            last_evaluated_key=key_of(start),
        )
        return [ReportEntry(queue, item.queue_key, item.report_id) for item in items]


def report_of(item: ReportItem) -> Report:
    return Report(
        report_id=item.report_id,
        reporter_id=item.reporter_id,
        target_type=cast(TargetType, item.target_type),
        target_id=item.target_id,
        post_id=item.post_id,
        reason=item.reason,
        created_at=item.created_at,
        state=cast(State, item.state),
        decided_by=item.decided_by,
        decided_at=item.decided_at,
    )
