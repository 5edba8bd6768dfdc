"""The tables, made in a real DynamoDB engine for contract tests.

``tests/infrastructure`` compares this list with the deployed template, so the two cannot part.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient

from deepstory.config import Settings, from_environment
from support import dynamodb_local
from support.cloud import Cloud


@dataclass(frozen=True)
class Table:
    """Hash key, range key, and indexes as name -> (hash, range, projection)."""

    hash: str
    range: str | None = None
    indexes: tuple[tuple[str, str, str, str], ...] = ()
    stream: bool = False
    ttl: bool = False


TABLES = {
    "users": Table(
        "user_id",
        indexes=(
            ("by_joined", "directory", "user_id", "KEYS_ONLY"),
            ("by_email", "directory", "email", "KEYS_ONLY"),
            ("by_name", "directory", "name_key", "KEYS_ONLY"),
        ),
    ),
    "emails": Table("email"),
    "sessions": Table("user_id", "session_id", ttl=True),
    "pictures": Table(
        "picture_id",
        indexes=(
            ("by_owner", "owner_id", "picture_id", "ALL"),
            ("queue", "queue", "queue_key", "INCLUDE"),
        ),
        stream=True,
    ),
    "posts": Table(
        "post_id",
        indexes=(
            ("by_author", "author_id", "post_id", "KEYS_ONLY"),
            ("by_day", "author_id", "diary_date", "INCLUDE"),
            ("public_by_author", "author_id", "public_id", "KEYS_ONLY"),
            ("by_feed", "feed", "post_id", "KEYS_ONLY"),
            ("top_day", "day_bucket", "rank", "KEYS_ONLY"),
            ("top_week", "week_bucket", "rank", "KEYS_ONLY"),
            ("top_month", "month_bucket", "rank", "KEYS_ONLY"),
            ("top_all", "feed", "rank", "KEYS_ONLY"),
        ),
        stream=True,
    ),
    "likes": Table(
        "post_id",
        "user_id",
        indexes=(("by_user", "user_id", "liked_id", "KEYS_ONLY"),),
        stream=True,
    ),
    "postings": Table("term", "post_id", indexes=(("by_rank", "term", "rank", "KEYS_ONLY"),)),
    "indexed_posts": Table("post_id", ttl=True),
    "comments": Table(
        "parent",
        "comment_id",
        indexes=(
            ("by_id", "comment_id", "parent", "KEYS_ONLY"),
            ("by_author", "author_id", "comment_id", "KEYS_ONLY"),
        ),
        stream=True,
    ),
    "reports": Table(
        "report_id",
        indexes=(
            ("by_queue", "queue", "queue_key", "KEYS_ONLY"),
            ("by_reporter", "reporter_id", "report_id", "KEYS_ONLY"),
            ("by_target", "target_id", "report_id", "KEYS_ONLY"),
        ),
    ),
    "notices": Table(
        "user_id",
        "notice_key",
        indexes=(("by_actor", "actor_id", "user_id", "KEYS_ONLY"),),
        ttl=True,
    ),
    "blocks": Table(
        "user_id",
        "blocked_id",
        indexes=(("by_blocked", "blocked_id", "user_id", "KEYS_ONLY"),),
    ),
    "friend_requests": Table(
        "request_id",
        indexes=(
            ("by_asker", "asker_id", "request_id", "KEYS_ONLY"),
            ("by_recipient", "recipient_id", "request_id", "KEYS_ONLY"),
            ("by_named", "named_id", "request_id", "KEYS_ONLY"),
        ),
        stream=True,
        ttl=True,
    ),
    "friendships": Table("user_id", "friend_id"),
    "secret_diaries": Table(
        "diary_id",
        indexes=(
            ("by_asker", "asker_id", "diary_id", "KEYS_ONLY"),
            ("by_friend", "friend_id", "diary_id", "KEYS_ONLY"),
        ),
        stream=True,
    ),
    "secret_entries": Table(
        "diary_id",
        "entry_id",
        indexes=(("by_author", "author_id", "author_key", "KEYS_ONLY"),),
        stream=True,
    ),
    "idempotency": Table("key", indexes=(("by_owner", "owner_id", "key", "KEYS_ONLY"),), ttl=True),
    "limits": Table("key", indexes=(("by_owner", "owner_id", "key", "KEYS_ONLY"),), ttl=True),
    "model_server": Table("id"),
    "counters": Table("counter", "bucket"),
    "audit": Table("log", "entry_id"),
    "password_resets": Table("user_id", ttl=True),
    "exports": Table("user_id", "export_id", ttl=True),
    "erasures": Table("account", indexes=(("by_due", "queue", "due_at", "KEYS_ONLY"),), ttl=True),
}
_SERVICES = ("dynamodb", "dynamodbstreams")
INCLUDED = {"queue": ["owner_id", "status"], "by_day": ["picture_id"]}


def create_tables(client: Any) -> Settings:
    """Create every table under its plain name and return the settings that name them."""
    for name in TABLES:
        client.create_table(**_definition(name))
    return _plain_names()


class _CreatedWhenNamed:
    """Creates a table at the first call that names it: most tests need three of all."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._missing = set(TABLES)
        self._lock = threading.Lock()

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        call = BaseClient._make_api_call  # type: ignore[attr-defined]  # its stubs leave it out

        def create_first(client: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
            if operation != "CreateTable" and client.meta.service_model.service_name in _SERVICES:
                for name in _tables_in(parameters):
                    self._create(name)
            return call(client, operation, parameters)

        monkeypatch.setattr(BaseClient, "_make_api_call", create_first)

    def _create(self, name: str) -> None:
        if name in self._missing:
            with self._lock:
                if name in self._missing:
                    self._client.create_table(**_definition(name))
                    self._missing.remove(name)


@pytest.fixture(scope="session")
def dynamodb_endpoint(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The engine under test: the embedded cloud's, or DynamoDB Local where it is asked for."""
    package = dynamodb_local.directory()
    if package is None:
        yield request.getfixturevalue("cloud").endpoint_url
        return
    log = tmp_path_factory.mktemp("dynamodb-local") / "log"
    with dynamodb_local.running(package, log) as endpoint:
        yield endpoint


@pytest.fixture
def settings(
    cloud: Cloud, dynamodb_endpoint: str, account: str, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Settings of a test's own tables; AWS clients made in the test find them by themselves."""
    # boto3's own session would remember the account of an earlier test.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    for name, value in cloud.environment(account).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_endpoint)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB_STREAMS", dynamodb_endpoint)
    _CreatedWhenNamed(dynamodb_local.client(dynamodb_endpoint, account)).install(monkeypatch)
    return _plain_names()


def _plain_names() -> Settings:
    return from_environment({"STAGE": "test"} | {f"{name.upper()}_TABLE": name for name in TABLES})


def _tables_in(parameters: dict[str, Any]) -> set[str]:
    """Return the names in a call on one table, on a batch, or on a transaction."""
    named = {*parameters.get("RequestItems", ()), parameters.get("TableName", "")}
    for item in parameters.get("TransactItems", ()):
        named |= {part["TableName"] for part in item.values()}
    return named


def _definition(name: str) -> dict[str, Any]:
    table = TABLES[name]
    keys = {key for _, *pair, _ in table.indexes for key in pair}
    keys |= {table.hash} | ({table.range} if table.range else set())
    definition: dict[str, Any] = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": _key_schema(table.hash, table.range),
        "AttributeDefinitions": [
            {"AttributeName": key, "AttributeType": "S"} for key in sorted(keys)
        ],
    }
    if table.indexes:
        definition["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index,
                "KeySchema": _key_schema(hash_key, range_key),
                "Projection": {"ProjectionType": projection}
                | ({"NonKeyAttributes": INCLUDED[index]} if projection == "INCLUDE" else {}),
            }
            for index, hash_key, range_key, projection in table.indexes
        ]
    if table.stream:
        definition["StreamSpecification"] = {
            "StreamEnabled": True,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        }
    return definition


def _key_schema(hash_key: str, range_key: str | None) -> list[dict[str, str]]:
    schema = [{"AttributeName": hash_key, "KeyType": "HASH"}]
    if range_key:
        schema.append({"AttributeName": range_key, "KeyType": "RANGE"})
    return schema
