"""The audit log in DynamoDB."""

from __future__ import annotations

from typing import cast

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from deepstory.audit.entities import Action, AuditEntry, TargetType
from deepstory.dynamodb import TimestampAttribute, bound, key_of
from deepstory.paging import Page, Position

# Few people write here and seldom: one partition keeps all in order.
_LOG = "admin"


class AuditItem(Model):
    log = UnicodeAttribute(hash_key=True)
    entry_id = UnicodeAttribute(range_key=True)
    at = TimestampAttribute()
    actor_id = UnicodeAttribute()
    action = UnicodeAttribute()
    target_type = UnicodeAttribute()
    target_id = UnicodeAttribute()
    before = JSONAttribute()
    after = JSONAttribute()


class DynamoDBAuditRepository:
    def __init__(self, audit_table: str) -> None:
        self._items = bound(AuditItem, audit_table)

    def entries(self, *, limit: int, position: Position | None = None) -> Page[AuditEntry]:
        # One more than asked for tells whether anything follows.
        found = list(
            self._items.query(
                _LOG,
                consistent_read=True,
                scan_index_forward=False,
                limit=limit + 1,
                last_evaluated_key=key_of(position),
            )
        )
        entries = [_entry(item) for item in found[:limit]]
        if len(found) <= limit:
            return Page(items=entries)
        return Page(items=entries, next={"log": _LOG, "entry_id": entries[-1].entry_id})

    def add_to(self, transaction: TransactWrite, entry: AuditEntry) -> None:
        """Have the transaction of an act write its entry; no condition is added to it."""
        transaction.save(
            self._items(
                _LOG,
                entry.entry_id,
                at=entry.at,
                actor_id=entry.actor_id,
                action=entry.action,
                target_type=entry.target_type,
                target_id=entry.target_id,
                before=dict(entry.before),
                after=dict(entry.after),
            )
        )


def _entry(item: AuditItem) -> AuditEntry:
    return AuditEntry(
        entry_id=item.entry_id,
        at=item.at,
        actor_id=item.actor_id,
        action=cast(Action, item.action),
        target_type=cast(TargetType, item.target_type),
        target_id=item.target_id,
        before=item.before,
        after=item.after,
    )
