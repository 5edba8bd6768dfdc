"""A table is restored as it was at a second of the past, across restarts; a deleted one too."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from support.cloud import Cloud

KEY = {"AttributeName": "key", "KeyType": "HASH"}


def make_table(client: Any) -> None:
    client.create_table(
        TableName="entries",
        KeySchema=[KEY],
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.update_continuous_backups(
        TableName="entries",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )


def put(client: Any, *keys: str, text: str = "") -> None:
    for key in keys:
        client.put_item(TableName="entries", Item={"key": {"S": key}, "text": {"S": text}})


def restored(client: Any, target: str, second: int) -> dict[str, str]:
    client.restore_table_to_point_in_time(
        SourceTableName="entries",
        TargetTableName=target,
        RestoreDateTime=datetime.fromtimestamp(second, UTC),
    )
    return texts(client, target)


def texts(client: Any, table: str) -> dict[str, str]:
    found = client.scan(TableName=table)["Items"]
    return {item["key"]["S"]: item["text"]["S"] for item in found}


def next_second() -> int:
    """Let this second pass, and return it: what was written is in it, what comes is not."""
    second = int(time.time())
    while int(time.time()) == second:
        time.sleep(0.01)
    return second


def test_table_is_restored_as_it_was_before_and_after_restarts(own_cloud: Cloud) -> None:
    client = own_cloud.client("dynamodb")
    make_table(client)
    put(client, "a", "b", text="first")
    next_second()
    first = next_second()
    put(client, "b", "c", text="second")
    second = next_second()
    client.delete_item(TableName="entries", Key={"key": {"S": "a"}})
    own_cloud.kill()
    own_cloud.start()
    third = next_second()
    client.delete_item(TableName="entries", Key={"key": {"S": "b"}})
    own_cloud.stop()
    own_cloud.start()

    assert texts(client, "entries") == {"c": "second"}
    assert restored(client, "at-first", first) == {"a": "first", "b": "first"}
    assert restored(client, "at-second", second) == {"a": "first", "b": "second", "c": "second"}
    assert restored(client, "at-third", third) == {"b": "second", "c": "second"}
    own_cloud.kill()
    own_cloud.start()
    assert texts(client, "at-first") == {"a": "first", "b": "first"}


def test_times_outside_the_window_and_tables_without_recovery_are_refused(
    cloud: Cloud, account: str
) -> None:
    client = cloud.client("dynamodb", account)
    make_table(client)
    now = int(time.time())
    for second in (now - 100_000, now + 100):
        with pytest.raises(ClientError, match="InvalidRestoreTime"):
            restored(client, "never", second)
    client.update_continuous_backups(
        TableName="entries",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False},
    )
    with pytest.raises(ClientError, match="PointInTimeRecoveryUnavailable"):
        restored(client, "never", now)


def test_deleted_table_leaves_a_backup_from_which_it_comes_back_under_its_name(
    own_cloud: Cloud,
) -> None:
    client = own_cloud.client("dynamodb")
    make_table(client)
    put(client, "a", text="kept")
    client.delete_table(TableName="entries")
    own_cloud.kill()
    own_cloud.start()
    (backup,) = client.list_backups(TableName="entries", BackupType="SYSTEM")["BackupSummaries"]
    assert backup["BackupType"] == "SYSTEM"
    client.restore_table_from_backup(TargetTableName="entries", BackupArn=backup["BackupArn"])

    assert texts(client, "entries") == {"a": "kept"}
