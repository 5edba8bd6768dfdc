"""ministack's DynamoDB stores, taken apart into journal operations and rebuilt from them."""

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from local.cloud.dynamodb.unit import Table, refill, scope_of
from local.cloud.journal.lines import Operation

Key = tuple[str, str, str, str]
_TOKEN_SECONDS = 600
_COMPUTED = ("items", "ItemCount", "TableSizeBytes")


class TableState:
    """Knows which metadata is already durable, so that only differences are journalled."""

    def __init__(self, dynamodb: Any) -> None:
        self._dynamodb = dynamodb
        self._durable: dict[Key, str] = {}
        self._stores: dict[str, Any] = {
            "table": dynamodb._tables,
            "tags": dynamodb._tags,
            "ttl": dynamodb._ttl_settings,
            "recovery": dynamodb._pitr_settings,
            "kinesis": dynamodb._kinesis_destinations,
            "insights": dynamodb._contributor_insights,
            "backup": dynamodb._backups,
            "policy": dynamodb._resource_policies,
        }
        self._apply: dict[str, Callable[..., None]] = {
            "set": self._set,
            "unset": self._unset,
            "put": self._put,
            "del": self._delete,
            "clear": self._clear,
            "event": self._event,
            "token": self._token,
        }

    def apply(self, operation: Operation) -> None:
        """Carry out one journalled operation, unless it is of another kind."""
        kind, *arguments = operation
        if kind in self._apply:
            self._apply[kind](*arguments)

    def metadata(self, scope: tuple[str, str] | None = None) -> list[Operation]:
        """Return how tables and their settings differ from what is durable.

        ``scope`` limits the comparison to one account and region.
        """
        current = dict(self._metadata(scope))
        gone = [key for key in self._durable if _within(key, scope) and key not in current]
        changed = [key for key, text in current.items() if self._durable.get(key) != text]
        return [["unset", *key] for key in gone] + [
            ["set", *key, json.loads(current[key])] for key in changed
        ]

    def note_durable(self, operations: list[Operation]) -> None:
        """Remember that the result of ``metadata`` has been journalled."""
        for kind, *key, value in ([*operation, None][:6] for operation in operations):
            store, account, region, name = key
            if kind == "set":
                self._durable[store, account, region, name] = _text(value)
            else:
                del self._durable[store, account, region, name]

    def is_durable(self, table: Table) -> bool:
        """Whether a write into the table would find it again after a restart."""
        text = self._durable.get(("table", *scope_of(table), table["TableName"]))
        return text is not None and str(table.get("TableId")) in text

    def snapshot(self) -> Iterator[Operation]:
        """Capture everything now; the result may be read later, while requests go on."""
        settings = [["set", *key, json.loads(text)] for key, text in self._metadata(None)]
        items = [refill(table) for table in self._dynamodb._tables.all_values()]
        tokens = [["token", *key, entry] for key, entry in self._fresh_tokens()]
        yield from settings
        for operations in items:
            yield from operations[1:]
        yield from tokens

    def recount(self) -> None:
        """Bring what is computed from the items up to date after a restore."""
        for table in self._dynamodb._tables.all_values():
            self._dynamodb._update_counts(table)
        self._durable = dict(self._metadata(None))

    def _metadata(self, scope: tuple[str, str] | None) -> Iterator[tuple[Key, str]]:
        for name, store in self._stores.items():
            for (account, region, key), value in store.all_items():
                place = (name, account, region, key)
                if _within(place, scope):
                    yield place, _text(self._described(name, value))

    def _described(self, store: str, value: Any) -> Any:
        if store != "table":
            return value
        skipped = (*_COMPUTED, self._dynamodb._INDEX_MEMBERS)
        return {name: part for name, part in value.items() if name not in skipped}

    def _fresh_tokens(self) -> Iterator[tuple[tuple[str, str, str], dict[str, Any]]]:
        oldest = time.time() - _TOKEN_SECONDS
        for key, entry in self._dynamodb._txn_idempotency.all_items():
            if entry["completed_at"] > oldest:
                yield key, entry

    def _set(self, store: str, account: str, region: str, key: str, value: Any) -> None:
        if store == "table":
            present = self._table(account, region, key)
            same = present is not None and present.get("TableId") == value.get("TableId")
            items = present["items"] if present is not None and same else defaultdict(dict)
            if not same:
                self._dynamodb._stream_records.pop_scoped(account, region, key, None)
            value["items"] = items
        self._stores[store].set_scoped(account, region, key, value)

    def _unset(self, store: str, account: str, region: str, key: str) -> None:
        self._stores[store].pop_scoped(account, region, key, None)
        if store == "table":
            self._dynamodb._stream_records.pop_scoped(account, region, key, None)

    def _put(
        self, account: str, region: str, name: str, hash_key: str, range_key: str, item: Any
    ) -> None:
        table = self._table(account, region, name)
        if table is not None:
            table["items"].setdefault(hash_key, {})[range_key] = item

    def _delete(self, account: str, region: str, name: str, hash_key: str, range_key: str) -> None:
        table = self._table(account, region, name)
        if table is None:
            return
        rows = table["items"].get(hash_key, {})
        rows.pop(range_key, None)
        if not rows:
            table["items"].pop(hash_key, None)

    def _clear(self, account: str, region: str, name: str) -> None:
        table = self._table(account, region, name)
        if table is not None:
            table["items"] = defaultdict(dict)

    def _event(self, account: str, region: str, name: str, record: dict[str, Any]) -> None:
        records = self._dynamodb._stream_records
        if not records.contains_scoped(account, region, name):
            records.set_scoped(account, region, name, [])
        records.get_scoped(account, region, name).append(record)

    def _token(self, account: str, region: str, token: str, entry: dict[str, Any]) -> None:
        self._dynamodb._txn_idempotency.set_scoped(account, region, token, entry)

    def _table(self, account: str, region: str, name: str) -> Table | None:
        table: Table | None = self._dynamodb._tables.get_scoped(account, region, name)
        return table


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _within(key: Key, scope: tuple[str, str] | None) -> bool:
    return scope is None or key[1:3] == scope
