"""What the embedded cloud acknowledged is there after ``kill -9``, whole."""

import itertools
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from support.cloud import Cloud
from support.functions import wait_for

ROUNDS = 4
WRITERS = 3


def create_table(client: Any, name: str, **settings: Any) -> None:
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        **settings,
    )


def transfer(client: Any, number: str) -> None:
    """Write two halves of one thing and count it, in one transaction."""
    halves = [
        {"Put": {"TableName": "halves", "Item": {"key": {"S": f"{number}-{side}"}}}}
        for side in ("left", "right")
    ]
    count = {
        "Update": {
            "TableName": "totals",
            "Key": {"key": {"S": "all"}},
            "UpdateExpression": "ADD amount :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
    }
    client.transact_write_items(TransactItems=[*halves, count])


def write_until_killed(cloud: Cloud, writer: str, numbers: Iterator[int], done: set[str]) -> None:
    client = cloud.client("dynamodb")
    while True:
        number = f"{writer}-{next(numbers)}"
        try:
            transfer(client, number)
            done.add(f"{number}-left")
            client.put_item(TableName="halves", Item={"key": {"S": f"single-{number}"}})
            done.add(f"single-{number}")
        except (ClientError, BotoCoreError):
            return


def all_keys(client: Any, table: str) -> set[str]:
    pages = client.get_paginator("scan").paginate(TableName=table)
    return {item["key"]["S"] for page in pages for item in page["Items"]}


def test_no_acknowledged_write_is_lost_and_no_transaction_is_halved_by_kill_9(
    own_cloud: Cloud,
) -> None:
    for name in ("halves", "totals"):
        create_table(own_cloud.client("dynamodb"), name)
    done: set[str] = set()
    numbers = itertools.count()
    for _ in range(ROUNDS):
        writers = [
            threading.Thread(
                target=write_until_killed, args=(own_cloud, str(writer), numbers, done)
            )
            for writer in range(WRITERS)
        ]
        wanted = len(done) + 100
        for writer in writers:
            writer.start()
        while len(done) < wanted:
            threading.Event().wait(0.01)
        own_cloud.kill()
        for writer in writers:
            writer.join()
        own_cloud.start()
        client = own_cloud.client("dynamodb")
        keys = all_keys(client, "halves")
        assert done <= keys
        left = {key.removesuffix("-left") for key in keys if key.endswith("-left")}
        right = {key.removesuffix("-right") for key in keys if key.endswith("-right")}
        assert left == right
        total = client.get_item(TableName="totals", Key={"key": {"S": "all"}})
        assert int(total["Item"]["amount"]["N"]) == len(left)


def test_the_retry_of_a_transaction_after_kill_9_is_recognised(own_cloud: Cloud) -> None:
    """The client never got the answer, so it asks again with the same token."""
    create_table(own_cloud.client("dynamodb"), "halves")
    put = {
        "TableName": "halves",
        "Item": {"key": {"S": "once"}},
        "ConditionExpression": "attribute_not_exists(#key)",
        "ExpressionAttributeNames": {"#key": "key"},
    }
    request = {"TransactItems": [{"Put": put}], "ClientRequestToken": "token"}
    own_cloud.client("dynamodb").transact_write_items(**request)
    own_cloud.kill()
    own_cloud.start()
    client = own_cloud.client("dynamodb")
    client.transact_write_items(**request)
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        client.transact_write_items(TransactItems=[{"Put": put}])


def test_a_long_journal_gives_way_to_a_snapshot_without_losing_anything(own_cloud: Cloud) -> None:
    client = own_cloud.client("dynamodb")
    create_table(client, "halves")
    kept = {f"item-{number}" for number in range(90)}
    for key in sorted(kept):
        item = {"key": {"S": key}, "text": {"S": "x" * 300_000}}
        client.put_item(TableName="halves", Item=item)
    client.delete_item(TableName="halves", Key={"key": {"S": "item-7"}})
    wait_for(lambda: bool(snapshots(own_cloud)), "a snapshot")
    client.delete_item(TableName="halves", Key={"key": {"S": "item-8"}})
    own_cloud.kill()
    own_cloud.start()
    assert all_keys(own_cloud.client("dynamodb"), "halves") == kept - {"item-7", "item-8"}


def snapshots(cloud: Cloud) -> list[Path]:
    """Return the complete snapshots, without one that is being written."""
    found = (cloud.data_dir / "dynamodb").glob("snapshot-*")
    return [path for path in found if not path.suffix]


def test_an_index_answers_after_kill_9_as_before(own_cloud: Cloud) -> None:
    client = own_cloud.client("dynamodb")
    client.create_table(
        TableName="posts",
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("key", "feed")
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_feed",
                "KeySchema": [
                    {"AttributeName": "feed", "KeyType": "HASH"},
                    {"AttributeName": "key", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    for number in range(20):
        client.put_item(
            TableName="posts", Item={"key": {"S": f"{number:02}"}, "feed": {"S": "public"}}
        )
    for number in range(0, 20, 2):
        client.update_item(
            TableName="posts",
            Key={"key": {"S": f"{number:02}"}},
            UpdateExpression="REMOVE feed",
        )
    own_cloud.kill()
    own_cloud.start()
    found = own_cloud.client("dynamodb").query(
        TableName="posts",
        IndexName="by_feed",
        KeyConditionExpression="feed = :feed",
        ExpressionAttributeValues={":feed": {"S": "public"}},
        ScanIndexForward=False,
    )["Items"]
    assert [item["key"]["S"] for item in found] == [f"{number:02}" for number in range(19, 0, -2)]
