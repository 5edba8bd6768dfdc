"""Tables as they were: restored from the journal to a second of the past, or after their deletion.

ministack would give the present items for any time, and keeps nothing of a deleted table.
"""

import copy
import json
import time
from collections import defaultdict
from itertools import dropwhile, takewhile
from typing import Any

from local.cloud import seams
from local.cloud.dynamodb.unit import scope_of
from local.cloud.journal.generations import Generations
from local.cloud.journal.lines import Operation

Items = dict[str, dict[str, Any]]


class Recovery:
    """Point-in-time recovery and the backups that deletions leave, for tables that have it on."""

    def __init__(self, dynamodb: Any, generations: Generations) -> None:
        self._dynamodb = dynamodb
        self._generations = generations
        self._restore_present = dynamodb._restore_table_to_point_in_time
        self._describe_settings = dynamodb._describe_continuous_backups
        self._delete_for_good = dynamodb._delete_table

    def install(self) -> None:
        """Take the place of ministack's functions."""
        self._dynamodb._restore_table_to_point_in_time = self.restore
        self._dynamodb._describe_continuous_backups = self.describe
        self._dynamodb._delete_table = self.delete

    def describe(self, data: dict[str, Any]) -> seams.Response:
        """Tell from which second on a table can be restored."""
        response: seams.Response = self._describe_settings(data)
        if response[0] != 200:
            return response
        answer = json.loads(response[2])
        told = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        if "EarliestRestorableDateTime" in told:
            table = self._dynamodb._tables[_name(data["TableName"])]
            told["EarliestRestorableDateTime"] = self._earliest(table)
        return response[0], response[1], json.dumps(answer).encode()

    def restore(self, data: dict[str, Any]) -> seams.Response:
        """Make a table of the items that another one held at the end of a second."""
        name = data.get("SourceTableName") or _name(data.get("SourceTableArn") or "")
        table = self._dynamodb._tables.get(name)
        wanted = None if data.get("UseLatestRestorableTime") else data.get("RestoreDateTime")
        if table is None:
            return self._present(data)
        if not self._dynamodb._pitr_settings.get(name):
            return self._refuse(
                "PointInTimeRecoveryUnavailableException",
                f"Point in time recovery is not enabled for table '{name}'",
            )
        if wanted is None:
            return self._present(data)
        second = int(wanted)
        if not self._earliest(table) <= second <= time.time():
            return self._refuse(
                "InvalidRestoreTimeException", "The restore time is outside the recovery window."
            )
        items = self._items_at(table, second)
        response = self._present(data)
        if response[0] == 200:
            restored = self._dynamodb._tables[data["TargetTableName"]]
            restored["items"] = defaultdict(dict, items)
            self._dynamodb._items_replaced(restored)
        return response

    def delete(self, data: dict[str, Any]) -> seams.Response:
        """Delete a table, of which a system's backup stays if recovery was on."""
        name = _name(data.get("TableName") or "")
        arn = None
        if self._dynamodb._pitr_settings.get(name):
            backup = {"TableName": name, "BackupName": f"{name}$DeletedTableBackup"}
            arn = json.loads(self._dynamodb._create_backup(backup)[2])["BackupDetails"]["BackupArn"]
            self._dynamodb._backups[arn]["BackupDetails"]["BackupType"] = "SYSTEM"
        response: seams.Response = self._delete_for_good(data)
        if response[0] != 200 and arn is not None:
            self._dynamodb._backups.pop(arn)
        return response

    def _present(self, data: dict[str, Any]) -> seams.Response:
        response: seams.Response = self._restore_present(data)
        return response

    def _earliest(self, table: Any) -> int:
        """Return the first second that is known of, and of which the table is known."""
        histories = list(self._generations.histories())
        oldest = histories[-1] if histories else iter(())
        marks = (operation[1] for operation in oldest if operation[0] == "at")
        return max(int(table["CreationDateTime"]) + 1, next(marks, int(time.time())))

    def _items_at(self, table: Any, second: int) -> Items:
        place = [*scope_of(table), table["TableName"]]
        for history in self._generations.histories():
            reached = dropwhile(lambda operation: operation[0] != "at", history)
            first = next(reached, None)
            if first is not None and first[1] <= second:
                return _replay(
                    takewhile(lambda operation: not _is_after(operation, second), reached), place
                )
        return {}

    def _refuse(self, kind: str, message: str) -> seams.Response:
        response: seams.Response = self._dynamodb.error_response_json(kind, message, 400)
        return response


def _replay(operations: Any, place: list[str]) -> Items:
    """Return the items of one table after these operations."""
    items: Items = defaultdict(dict)
    identity = None
    for operation in operations:
        match operation:
            case ["set", "table", *where, definition] if where == place:
                if identity != definition.get("TableId"):
                    identity = definition.get("TableId")
                    items = defaultdict(dict)
            case ["unset", "table", *where] if where == place:
                items = defaultdict(dict)
            case ["clear", *where] if where == place:
                items = defaultdict(dict)
            case ["put", account, region, name, hash_key, range_key, item]:
                if [account, region, name] == place:
                    items[hash_key][range_key] = copy.deepcopy(item)
            case ["del", account, region, name, hash_key, range_key]:
                if [account, region, name] == place:
                    items[hash_key].pop(range_key, None)
    return {hash_key: rows for hash_key, rows in items.items() if rows}


def _is_after(operation: Operation, second: int) -> bool:
    return bool(operation[0] == "at" and operation[1] > second)


def _name(table: str) -> str:
    return table.rpartition("/")[2]
