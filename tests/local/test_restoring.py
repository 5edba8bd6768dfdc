"""The operator's restoring: only what is missing comes back, and nothing that exists is touched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from operations import objects, tables
from operations.live import Live, RestoreError
from support.cloud import ROOT, Cloud
from support.tables import TABLES, create_tables

OWNER = ("author_id", "mina")


class Account:
    """An account with all tables and a bucket that keeps versions."""

    def __init__(self, cloud: Cloud, name: str) -> None:
        self.client = lambda service: cloud.client(service, name)
        self.database = self.client("dynamodb")
        create_tables(self.database)
        for table in ("posts", "likes", "users"):
            self.database.update_continuous_backups(
                TableName=table,
                PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
            )
        bucket = f"pictures-{name}"
        self.client("s3").create_bucket(Bucket=bucket)
        self.client("s3").put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
        )
        named = {f"{table.upper()}_TABLE": table for table in TABLES}
        self.live = Live(named | {"PICTURES_BUCKET": bucket})

    def put(self, table: str, **attributes: Any) -> None:
        item = {
            name: {"N": str(value)} if isinstance(value, int) else {"S": value}
            for name, value in attributes.items()
        }
        self.database.put_item(TableName=table, Item=item)

    def post(self, name: str, author: str, likes: int, **more: Any) -> None:
        rank = f"{likes:09}#{name}"
        attributes = {"author_id": author, "like_count": likes, "rank": rank}
        self.put("posts", post_id=name, last_sequence="7", **attributes, **more)

    def rows(self, table: str) -> list[dict[str, Any]]:
        found = self.database.scan(TableName=table, ConsistentRead=True)["Items"]
        return [{name: next(iter(value.values())) for name, value in row.items()} for row in found]

    def delete(self, table: str, **key: str) -> None:
        self.database.delete_item(
            TableName=table, Key={name: {"S": value} for name, value in key.items()}
        )


@pytest.fixture
def kept(cloud: Cloud, account: str) -> Account:
    return Account(cloud, account)


def passed_second() -> datetime:
    second = int(time.time())
    while int(time.time()) == second:
        time.sleep(0.01)
    return datetime.fromtimestamp(second, UTC)


def test_lost_posts_come_back_uncounted_with_their_likes_and_nothing_else_does(
    kept: Account,
) -> None:
    for name, author in (("lost", "mina"), ("edited", "mina"), ("other", "jun")):
        kept.post(name, author, 2, title="before")
        for user in ("a", "b"):
            kept.put("likes", post_id=name, user_id=user, liked_id="1")
    passed_second()
    at = passed_second()
    for name in ("lost", "other"):
        kept.delete("posts", post_id=name)
        for user in ("a", "b"):
            kept.delete("likes", post_id=name, user_id=user)
    kept.post("edited", "mina", 1, title="after")
    kept.delete("likes", post_id="edited", user_id="b")

    tables.beside(kept.client, kept.live, ["posts", "likes"], at)
    merged = [
        tables.merge(kept.client, kept.live, ["posts", "likes"], at, where=OWNER) for _ in range(2)
    ]
    tables.forget(kept.client, kept.live, ["posts", "likes"], at)

    assert merged == [{"posts": 1, "likes": 2}, {"posts": 0, "likes": 0}]
    posts = {row["post_id"]: row for row in kept.rows("posts")}
    assert set(posts) == {"lost", "edited"}
    assert posts["edited"]["title"] == "after"
    assert (posts["lost"]["like_count"], posts["lost"]["rank"]) == ("0", "000000000#lost")
    assert "last_sequence" not in posts["lost"]
    likes = {(row["post_id"], row["user_id"]) for row in kept.rows("likes")}
    assert likes == {("lost", "a"), ("lost", "b"), ("edited", "a")}
    assert not [name for name in kept.database.list_tables()["TableNames"] if "-at-" in name]


def test_dropped_table_comes_back_with_everything_and_is_recoverable_again(kept: Account) -> None:
    kept.put("users", user_id="u1", directory="all", email="a@example.com", name_key="a")
    kept.database.delete_table(TableName="users")
    tables.dropped(kept.client, kept.live, "users")

    (user,) = kept.rows("users")
    assert user["user_id"] == "u1"
    found = kept.database.query(
        TableName="users",
        IndexName="by_email",
        KeyConditionExpression="directory = :all",
        ExpressionAttributeValues={":all": {"S": "all"}},
    )
    assert found["Count"] == 1
    backups = kept.database.describe_continuous_backups(TableName="users")
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"


def test_dropped_table_with_a_stream_or_without_a_backup_is_refused(kept: Account) -> None:
    with pytest.raises(RestoreError, match="has a stream"):
        tables.dropped(kept.client, kept.live, "likes")
    kept.database.delete_table(TableName="blocks")
    with pytest.raises(RestoreError, match="No backup"):
        tables.dropped(kept.client, kept.live, "blocks")
    with pytest.raises(RestoreError, match="no table"):
        kept.live.table("albums")


def test_files_deleted_since_a_time_come_back_and_earlier_ones_do_not(kept: Account) -> None:
    storage, bucket = kept.client("s3"), kept.live.bucket
    for key in ("pictures/old", "pictures/lost", "exports/lost"):
        storage.put_object(Bucket=bucket, Key=key, Body=key.encode())
    storage.delete_object(Bucket=bucket, Key="pictures/old")
    passed_second()
    at = passed_second()
    passed_second()
    for key in ("pictures/lost", "exports/lost"):
        storage.delete_object(Bucket=bucket, Key=key)

    assert objects.undelete(kept.client, kept.live, at) == 1
    assert objects.undelete(kept.client, kept.live, at) == 0
    body = storage.get_object(Bucket=bucket, Key="pictures/lost")["Body"].read()
    assert body == b"pictures/lost"
    listed = storage.list_objects_v2(Bucket=bucket)["Contents"]
    assert [each["Key"] for each in listed] == ["pictures/lost"]


def deployed(kept: Account) -> None:
    """Make a stack whose API Lambda knows the tables, as that of the service does."""
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.11",
            "Handler": "index.handler",
            "Role": "arn:aws:iam::000000000000:role/any",
            "Code": {"ZipFile": "def handler(event, context): pass"},
            "Environment": {"Variables": kept.live.variables},
        },
    }
    template = {
        "Resources": {"Api": function},
        "Outputs": {"ApiFunctionName": {"Value": {"Ref": "Api"}}},
    }
    stacks = kept.client("cloudformation")
    stacks.create_stack(StackName="deepstory-prod", TemplateBody=json.dumps(template))
    stacks.get_waiter("stack_create_complete").wait(
        StackName="deepstory-prod", WaiterConfig={"Delay": 1}
    )


def test_the_command_finds_what_the_stack_calls_its_tables(
    kept: Account, cloud: Cloud, account: str
) -> None:
    deployed(kept)
    kept.post("lost", "mina", 0)
    passed_second()
    at = passed_second()
    kept.delete("posts", post_id="lost")

    def restore(command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "cdk/restore.py", command, *arguments, "--stack", "deepstory-prod"],
            cwd=ROOT,
            env=os.environ | cloud.environment(account),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    time_of_it = ("--at", at.isoformat())
    made = restore("beside", "posts", *time_of_it)
    assert made.stdout.strip() == tables.side_name("posts", at), made.stderr
    merged = restore("merge", "posts", *time_of_it, "--where", "author_id=mina")
    assert merged.stdout.strip() == "posts: 1 rows came back", merged.stderr
    assert restore("objects", *time_of_it).stdout.strip() == "0 files came back"
    assert restore("forget", "posts", *time_of_it).returncode == 0
    refused = restore("dropped", "likes")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "has a stream" in refused.stderr
    assert [row["post_id"] for row in kept.rows("posts")] == ["lost"]
