"""Tables of an earlier time beside the live ones, and lost rows put back from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from operations.live import Clients, Live, RestoreError, shape

Row = dict[str, Any]

# Whoever deletes a row of the first deletes those of the others, by this key of theirs.
_BELONGINGS = {"likes": "post_id", "comments": "parent"}
_COUNTS = ("like_count", "comment_count")
_SEQUENCES = ("last_sequence", "last_comment_sequence")


def side_name(live: str, at: datetime) -> str:
    return f"{live}-at-{at.astimezone(UTC):%Y%m%dT%H%M%S}"


def beside(clients: Clients, live: Live, names: Sequence[str], at: datetime) -> list[str]:
    """Restore each table as it was at a time, under another name; return those names."""
    dynamodb = clients("dynamodb")
    made = []
    for name in names:
        source = live.table(name)
        made.append(side_name(source, at))
        dynamodb.restore_table_to_point_in_time(
            SourceTableName=source, TargetTableName=made[-1], RestoreDateTime=at
        )
    for target in made:
        dynamodb.get_waiter("table_exists").wait(
            TableName=target, WaiterConfig={"MaxAttempts": 360}
        )
    return made


def merge(
    clients: Clients, live: Live, names: Sequence[str], at: datetime, *, where: tuple[str, str]
) -> dict[str, int]:
    """Put back the rows that are missing now; return how many it were.

    ``where`` is the attribute and value by which rows of the first table are chosen. Likes and
    comments come with their posts. What exists is never overwritten.
    """
    first, *others = names
    if unknown := set(others) - set(_BELONGINGS):
        raise RestoreError(f"{', '.join(sorted(unknown))} must be merged by a command of its own.")
    attribute, value = where
    dynamodb = clients("dynamodb")
    missing: set[str] = set()
    key = shape(first)["key"][0].split()[0]

    def chosen(row: Row) -> bool:
        return row.get(attribute) == {"S": value}

    def belongs(name: str) -> Callable[[Row], bool]:
        return lambda row: row[_BELONGINGS[name]]["S"] in missing

    counts = dict.fromkeys(names, 0)
    for row in _rows(dynamodb, side_name(live.table(first), at), chosen):
        if _put(dynamodb, live.table(first), first, _uncounted(row)):
            missing.add(row[key]["S"])
            counts[first] += 1
    for name in others:
        for row in _rows(dynamodb, side_name(live.table(name), at), belongs(name)):
            counts[name] += _put(dynamodb, live.table(name), name, row)
    return counts


def dropped(clients: Clients, live: Live, name: str) -> None:
    """Bring back a deleted table under its own name, from the backup that its deletion left."""
    wanted = shape(name)
    if wanted["stream"]:
        raise RestoreError(
            f"{name} has a stream, whose readers hold on to the one that is gone: replace the "
            "table as docs/backup-and-restore.md says."
        )
    dynamodb, table = clients("dynamodb"), live.table(name)
    backups = [
        each
        for page in dynamodb.get_paginator("list_backups").paginate(
            TableName=table, BackupType="SYSTEM"
        )
        for each in page["BackupSummaries"]
    ]
    if not backups:
        raise RestoreError(f"No backup of the deleted table {table} is left.")
    newest = max(backups, key=lambda each: each["BackupCreationDateTime"])
    dynamodb.restore_table_from_backup(TargetTableName=table, BackupArn=newest["BackupArn"])
    dynamodb.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"MaxAttempts": 360})
    # A restored table has the keys and indexes, and nothing of these.
    dynamodb.update_continuous_backups(
        TableName=table,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    dynamodb.update_table(
        TableName=table, DeletionProtectionEnabled=_protects(dynamodb, live, name)
    )
    if wanted["expires_at"]:
        dynamodb.update_time_to_live(
            TableName=table,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": wanted["expires_at"]},
        )


def _protects(dynamodb: Any, live: Live, name: str) -> bool:
    """Tell whether the stage protects its tables, by one that was not lost."""
    other = live.table("emails" if name != "emails" else "users")
    described = dynamodb.describe_table(TableName=other)["Table"]
    return bool(described.get("DeletionProtectionEnabled"))


def forget(clients: Clients, live: Live, names: Sequence[str], at: datetime) -> None:
    """Delete the tables that ``beside`` made."""
    for name in names:
        clients("dynamodb").delete_table(TableName=side_name(live.table(name), at))


def _rows(dynamodb: Any, table: str, chosen: Callable[[Row], bool]) -> Iterator[Row]:
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from filter(chosen, page["Items"])


def _uncounted(row: Row) -> Row:
    """Return a row of which nothing is counted: its likes and comments count when they come."""
    row = {name: value for name, value in row.items() if name not in _SEQUENCES}
    row |= {name: {"N": "0"} for name in _COUNTS if name in row}
    if "rank" in row:
        digits, _, post_id = row["rank"]["S"].partition("#")
        row["rank"] = {"S": f"{'0' * len(digits)}#{post_id}"}
    return row


def _put(dynamodb: Any, table: str, name: str, row: Row) -> bool:
    key = shape(name)["key"][0].split()[0]
    try:
        dynamodb.put_item(
            TableName=table,
            Item=row,
            ConditionExpression="attribute_not_exists(#key)",
            ExpressionAttributeNames={"#key": key},
        )
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return False
    return True
