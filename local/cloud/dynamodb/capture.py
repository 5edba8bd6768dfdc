"""Wraps ministack's DynamoDB so that every change, whoever makes it, goes through the store."""

import json
import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from local.cloud import seams
from local.cloud.dynamodb.unit import Change, Item, Table, Unit, scope_of

READS = frozenset(
    [
        "GetItem",
        "BatchGetItem",
        "TransactGetItems",
        "Query",
        "Scan",
        "DescribeTable",
        "ListTables",
        "DescribeTimeToLive",
        "DescribeContinuousBackups",
        "DescribeEndpoints",
        "DescribeLimits",
        "ListTagsOfResource",
        "SearchVectors",
    ]
)
ITEM_WRITES = frozenset(
    [
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "BatchWriteItem",
        "TransactWriteItems",
        "ExecuteStatement",
        "BatchExecuteStatement",
        "ExecuteTransaction",
    ]
)
_REAPER = "dynamodb-ttl-reaper"
_EXPIRED = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
_unit: ContextVar[Unit | None] = ContextVar("unit", default=None)


class Capture:
    """Collects the changes of a request and hands them over as one unit."""

    def __init__(self, dynamodb: Any, commit: Callable[[Unit], None]) -> None:
        self._dynamodb = dynamodb
        self._commit = commit
        self._handle = dynamodb.handle_request
        self._put = dynamodb._set_item
        self._remove = dynamodb._remove_item
        self._replace = dynamodb._items_replaced
        self._keep_token = dynamodb._txn_token_store

    def install(self) -> None:
        """Take the place of ministack's functions."""
        self._dynamodb.handle_request = self.handle_request
        self._dynamodb._set_item = self.set_item
        self._dynamodb._remove_item = self.remove_item
        self._dynamodb._items_replaced = self.items_replaced
        self._dynamodb._emit_stream_event = self.emit_stream_event
        self._dynamodb._txn_token_store = self.keep_token

    async def handle_request(
        self, method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> seams.Response:
        """Answer once the request's changes are durable, or as if it had changed nothing."""
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if action in READS:
            response: seams.Response = await self._handle(method, path, headers, body, query)
            return response
        unit = Unit()
        entered = _unit.set(unit)
        try:
            response = await self._handle(method, path, headers, body, query)
            if response[0] >= 300:
                self._undo(unit)
                return response
            if action not in ITEM_WRITES:
                responses = seams.module("core.responses")
                unit.metadata_of = responses.get_account_id(), responses.get_region()
            self._commit(unit)
        except OSError as error:
            self._undo(unit)
            return _refusal(error)
        except Exception:
            self._undo(unit)
            raise
        finally:
            _unit.reset(entered)
        return response

    def set_item(self, table: Table, hash_key: str, range_key: str, item: Item) -> Item | None:
        """Store an item as part of the current unit."""
        before: Item | None = self._put(table, hash_key, range_key, item)
        self._note(Change(table, hash_key, range_key, before, item))
        return before

    def remove_item(self, table: Table, hash_key: str, range_key: str) -> Item | None:
        """Delete an item as part of the current unit; an expired one leaves a stream record."""
        before: Item | None = self._remove(table, hash_key, range_key)
        if before is None:
            return None
        change = Change(table, hash_key, range_key, before, None)
        if threading.current_thread().name == _REAPER:
            self._commit_alone(Unit(changes=[change], events=self._expiry(table, before)))
        else:
            self._note(change)
        return before

    def items_replaced(self, table: Table) -> None:
        """Take note that all items of a table were exchanged."""
        self._replace(table)
        unit = _unit.get()
        if unit is None:
            self._commit(Unit(replaced=[table]))
        else:
            unit.replaced.append(table)

    def emit_stream_event(
        self, name: str, kind: str, old: Item | None, new: Item | None, replicate: bool = True
    ) -> None:
        """Make a stream record that is read only when the unit is durable."""
        dynamodb = self._dynamodb
        table = dynamodb._tables.get(name)
        if not table:
            return
        if replicate:
            dynamodb._replicate_write(table, kind, old, new)
        unchanged = kind == "MODIFY" and old == new
        events = [] if unchanged else self._events(table, kind, old, new)
        unit = _unit.get()
        if unit is None:
            self._commit(Unit(events=events))
        else:
            unit.events += events
        if dynamodb._kinesis_destinations.get(name):
            record = dynamodb._build_change_record(table, kind, old, new, "NEW_AND_OLD_IMAGES")
            dynamodb._fan_out_to_kinesis(name, record)

    def keep_token(self, token: str, entry: dict[str, Any]) -> None:
        """Remember a transaction's token with the transaction, so that its retry is known."""
        self._keep_token(token, entry)
        unit = _unit.get()
        if unit is None:
            return
        responses = seams.module("core.responses")
        place = responses.get_account_id(), responses.get_region(), token
        unit.tokens.append(["token", *place, entry])
        unit.on_undo.append(
            lambda: self._dynamodb._txn_idempotency.pop_scoped(*place, None),
        )

    def _events(
        self, table: Table, kind: str, old: Item | None, new: Item | None
    ) -> list[list[Any]]:
        stream = table.get("StreamSpecification") or {}
        if not stream.get("StreamEnabled"):
            return []
        view = stream.get("StreamViewType", "NEW_AND_OLD_IMAGES")
        record = self._dynamodb._build_change_record(table, kind, old, new, view)
        return [["event", *scope_of(table), table["TableName"], record]]

    def _expiry(self, table: Table, before: Item) -> list[list[Any]]:
        events = self._events(table, "REMOVE", before, None)
        for *_, record in events:
            record["userIdentity"] = _EXPIRED
        return events

    def _note(self, change: Change) -> None:
        unit = _unit.get()
        if unit is None:
            self._commit_alone(Unit(changes=[change]))
        else:
            unit.changes.append(change)

    def _commit_alone(self, unit: Unit) -> None:
        try:
            self._commit(unit)
        except OSError:
            self._undo(unit)
            raise

    def _undo(self, unit: Unit) -> None:
        if not unit.replaced:
            unit.undo(self._put, self._remove)


def _refusal(error: OSError) -> seams.Response:
    kind = "InternalServerError"
    answer = {"__type": kind, "message": f"The write could not be stored: {error.strerror}"}
    headers = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-errortype": kind}
    return 500, headers, json.dumps(answer).encode()
