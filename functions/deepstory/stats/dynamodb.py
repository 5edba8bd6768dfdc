"""Counters in DynamoDB: one item for each bucket, with an attribute for each cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from deepstory.dynamodb import TransactionRefusedError, bound, is_conflict, is_refused, transact
from deepstory.limits import DynamoDBLimitRepository, Limit, fits, taking
from deepstory.stats.entities import Amounts, Bucket, Cells, Tally

_OWN = frozenset({"counter", "bucket", "version"})


class CounterItem(Model):
    """``cells`` are the attributes that are no others: pynamodb wants to know all by name."""

    counter = UnicodeAttribute(hash_key=True)
    bucket = UnicodeAttribute(range_key=True)
    version = NumberAttribute()
    cells: dict[str, int]

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> CounterItem:
        item = super().from_raw_data(data)
        item.cells = {
            name: int(value["N"])
            for name, value in data.items()
            if name not in _OWN and value.get("N", "0") != "0"
        }
        return item


class DynamoDBCounterRepository:
    """Counters are changed in the transactions of what they count, by ``add_to``."""

    def __init__(self, counters_table: str) -> None:
        self.items = bound(CounterItem, counters_table)

    def read(self, counter: str) -> Mapping[str, Cells]:
        items = self.items.query(counter, consistent_read=True)
        return {item.bucket: item.cells for item in items}

    def tallies(self, counter: str) -> Mapping[str, Tally]:
        items = self.items.query(counter, consistent_read=True)
        return {item.bucket: Tally(item.cells, int(item.version)) for item in items}

    def repair(self, bucket: Bucket, tally: Tally, cells: Cells) -> bool:
        actions: list[Action] = [
            Path(cell).set(cells[cell]) if cells.get(cell) else Path(cell).remove()
            for cell in sorted({*tally.cells, *cells})
        ]
        unchanged = (
            CounterItem.version == tally.version
            if tally.version
            else CounterItem.version.does_not_exist()
        )
        try:
            self.items(*bucket).update([*actions, CounterItem.version.add(1)], unchanged)
        except UpdateError as error:
            if is_refused(error) or is_conflict(error):
                return False
            raise
        return True

    def add_to(self, transaction: TransactWrite, amounts: Amounts) -> None:
        """Have the transaction change the counters too; no condition is added to it."""
        for (counter, bucket), cells in amounts.items():
            actions = [Path(cell).add(amount) for cell, amount in cells.items()]
            transaction.update(
                self.items(counter, bucket), actions=[*actions, CounterItem.version.add(1)]
            )


class DynamoDBVisitRepository:
    def __init__(
        self,
        *,
        counters: DynamoDBCounterRepository,
        limits: DynamoDBLimitRepository,
        connection: Connection,
    ) -> None:
        self._counters = counters
        self._limits = limits
        self._connection = connection

    def count_once(self, amounts: Amounts, limit: Limit) -> bool:
        def build(transaction: TransactWrite) -> None:
            transaction.update(
                self._limits.items(limit.key), actions=taking(limit), condition=fits(limit)
            )
            self._counters.add_to(transaction, amounts)

        try:
            transact(self._connection, build)
        except TransactionRefusedError:
            return False
        return True
