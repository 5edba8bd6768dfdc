"""What one request changed: journalled as one record, or undone as a whole."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from local.cloud.journal.lines import Operation

Item = dict[str, Any]
Table = dict[str, Any]


def scope_of(table: Table) -> tuple[str, str]:
    """Return the account and region a table belongs to."""
    _, _, _, region, account, _ = table["TableArn"].split(":", 5)
    return account, region


@dataclass(frozen=True, slots=True)
class Change:
    """One item before and after; ``None`` where it did not or does not exist."""

    table: Table
    hash_key: str
    range_key: str
    before: Item | None
    after: Item | None

    def operation(self) -> Operation:
        """Return the change as it is journalled."""
        place = [*scope_of(self.table), self.table["TableName"], self.hash_key, self.range_key]
        return ["del", *place] if self.after is None else ["put", *place, self.after]


@dataclass(slots=True)
class Unit:
    """The changes of one request in their order."""

    changes: list[Change] = field(default_factory=list)
    replaced: list[Table] = field(default_factory=list)
    events: list[Operation] = field(default_factory=list)
    tokens: list[Operation] = field(default_factory=list)
    on_undo: list[Callable[[], None]] = field(default_factory=list)
    metadata_of: tuple[str, str] | None = None

    def tables(self) -> list[Table]:
        """Return every table that items were changed in."""
        return [change.table for change in self.changes] + self.replaced

    def operations(self) -> list[Operation]:
        """Return what is to be journalled, besides metadata."""
        replacing = [operation for table in self.replaced for operation in refill(table)]
        changing = [change.operation() for change in self.changes]
        return changing + replacing + self.events + self.tokens

    def undo(self, put: Callable[..., Any], remove: Callable[..., Any]) -> None:
        """Put everything back as it was before the request."""
        for change in reversed(self.changes):
            if change.before is None:
                remove(change.table, change.hash_key, change.range_key)
            else:
                put(change.table, change.hash_key, change.range_key, change.before)
        for step in reversed(self.on_undo):
            step()


def refill(table: Table) -> list[Operation]:
    """Return the operations that make a table hold exactly its present items."""
    place = [*scope_of(table), table["TableName"]]
    return [["clear", *place]] + [
        ["put", *place, hash_key, range_key, item]
        for hash_key, rows in list(table["items"].items())
        for range_key, item in list(rows.items())
    ]
