"""Stream records to Lambdas: takes the place of ministack's poller for DynamoDB streams."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from local.cloud import seams
from local.cloud.dynamodb.batch import Record
from local.cloud.dynamodb.consumer import ClosingError, Consumer
from local.cloud.dynamodb.positions import START, Positions
from local.cloud.journal.lines import Operation

Place = tuple[str, str, str]
Mapping = dict[str, Any]


class Delivery:
    """Runs one consumer for every event source mapping that reads a DynamoDB stream."""

    def __init__(
        self, dynamodb: Any, functions: Any, positions: Positions, move: Callable[[str, str], None]
    ) -> None:
        self._dynamodb = dynamodb
        self._functions = functions
        self._positions = positions
        self._move = move
        self._acting_in = seams.module("core.responses").request_scope
        self._is_open = False
        self._consumers: dict[str, Consumer] = {}
        self._release = functions._release_esm_poll_state
        self._wake_pollers = seams.module("core.concurrency").esm_wake.set

    def install(self) -> None:
        """Take the place of ministack's functions."""
        self._functions._poll_dynamodb_streams = self.poll
        self._functions._init_stream_position = self.begin
        self._functions._release_esm_poll_state = self.end

    def open(self) -> None:
        """Start to deliver; before that a Lambda could not reach the cloud."""
        self._is_open = True
        self._wake_pollers()

    def close(self) -> None:
        """Stop to deliver; Lambdas that are ended from now on count as not invoked."""
        self._is_open = False

    def poll(self) -> bool:
        """Start a consumer for each new mapping; ministack's poller calls it every second."""
        if not self._is_open:
            return False
        for account, region, mapping in self._functions._iter_all_esms():
            identifier = mapping["UUID"]
            if identifier in self._consumers or not _reads_stream(mapping):
                continue
            consumer = Consumer(
                partial(self._functions._esms.get_scoped, account, region, identifier),
                partial(self._records, account, region),
                partial(self._invoke, account, region),
                partial(self._give_up, account, region),
                self._positions,
                self._move,
            )
            self._consumers[identifier] = consumer
            threading.Thread(
                target=consumer.run, name=f"stream-{mapping['FunctionName']}", daemon=True
            ).start()
        return False

    def begin(self, identifier: str, source: str, starting: str) -> None:
        """Fix where a new mapping starts to read, at the moment it is created."""
        if ":dynamodb:" in source:
            newest = self._positions.newest()
            self._move(identifier, START if starting == "TRIM_HORIZON" else newest)

    def end(self, identifier: str) -> None:
        """Forget a deleted mapping."""
        self._release(identifier)
        self._positions.forget(identifier)
        if consumer := self._consumers.pop(identifier, None):
            consumer.wake()

    def publish(self, events: list[Operation]) -> None:
        """Tell the readers that there are new records."""
        if events:
            for consumer in list(self._consumers.values()):
                consumer.wake()
            self._wake_pollers()

    def read_by_all(self, place: Place) -> str:
        """Return up to which sequence number every mapping of a table's stream has read."""
        table = self._dynamodb._tables.get_scoped(*place) or {}
        arn = table.get("LatestStreamArn")
        read = [
            self._positions.read(mapping["UUID"])
            for _, _, mapping in self._functions._iter_all_esms()
            if mapping.get("EventSourceArn") == arn
        ]
        return min(read, default=START)

    def _records(self, account: str, region: str, mapping: Mapping) -> list[Record]:
        name = mapping["EventSourceArn"].split("/")[1]
        table = self._dynamodb._tables.get_scoped(account, region, name) or {}
        if table.get("LatestStreamArn") != mapping["EventSourceArn"]:
            return []
        records: list[Record] = self._dynamodb.stream_live_records(
            name, account_id=account, region=region
        )
        return records

    def _invoke(
        self, account: str, region: str, mapping: Mapping, batch: list[Record]
    ) -> dict[str, Any]:
        with self._acting_in(account, region):
            wanted = self._functions._apply_filter_criteria(batch, mapping)
            if not wanted:
                return {}
            function = self._function(mapping)
            if function is None:
                return {"error": True, "body": "the function does not exist"}
            result: dict[str, Any] = self._functions._execute_function(
                function, {"Records": wanted}
            )
            if not self._is_open:
                raise ClosingError
            failed = bool(result.get("error"))
            mapping["LastProcessingResult"] = "PROBLEM: Function call failed" if failed else "OK"
            return result

    def _give_up(
        self,
        account: str,
        region: str,
        mapping: Mapping,
        batch: list[Record],
        result: dict[str, Any],
        reason: str,
    ) -> None:
        with self._acting_in(account, region):
            self._functions._send_ddb_stream_failure_record(
                mapping,
                self._function(mapping) or {},
                batch,
                mapping["EventSourceArn"],
                result,
                reason,
            )

    def _function(self, mapping: Mapping) -> dict[str, Any] | None:
        record, _ = self._functions._get_func_record_for_qualifier(
            mapping["FunctionName"], mapping.get("Qualifier")
        )
        function: dict[str, Any] | None = record
        return function


def _reads_stream(mapping: Mapping) -> bool:
    source = mapping.get("EventSourceArn", "")
    return ":dynamodb:" in source and "/stream/" in source
