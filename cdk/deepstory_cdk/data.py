"""The tables, one for each aggregate, and the secret that signs tokens and cursors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from deepstory_cdk.checks import accept

if TYPE_CHECKING:
    from deepstory_cdk.stage import Stage


@dataclass(frozen=True)
class _Index:
    name: str
    hash_key: str
    range_key: str
    projection: dynamodb.ProjectionType = dynamodb.ProjectionType.KEYS_ONLY
    attributes: Sequence[str] | None = None


@dataclass(frozen=True)
class _Table:
    hash_key: str
    range_key: str | None = None
    indexes: Sequence[_Index] = field(default=())
    streamed: bool = False
    expires: bool = False


_TABLES = {
    "users": _Table(
        "user_id",
        indexes=(
            _Index("by_joined", "directory", "user_id"),
            _Index("by_email", "directory", "email"),
            _Index("by_name", "directory", "name_key"),
        ),
    ),
    "emails": _Table("email"),
    "sessions": _Table("user_id", "session_id", expires=True),
    "pictures": _Table(
        "picture_id",
        indexes=(
            _Index("by_owner", "owner_id", "picture_id", dynamodb.ProjectionType.ALL),
            _Index(
                "queue",
                "queue",
                "queue_key",
                dynamodb.ProjectionType.INCLUDE,
                ("owner_id", "status"),
            ),
        ),
        streamed=True,
    ),
    "posts": _Table(
        "post_id",
        indexes=(
            _Index("by_author", "author_id", "post_id"),
            _Index(
                "by_day",
                "author_id",
                "diary_date",
                dynamodb.ProjectionType.INCLUDE,
                ("picture_id",),
            ),
            _Index("public_by_author", "author_id", "public_id"),
            _Index("by_feed", "feed", "post_id"),
            _Index("top_day", "day_bucket", "rank"),
            _Index("top_week", "week_bucket", "rank"),
            _Index("top_month", "month_bucket", "rank"),
            _Index("top_all", "feed", "rank"),
        ),
        streamed=True,
    ),
    "likes": _Table(
        "post_id", "user_id", indexes=(_Index("by_user", "user_id", "liked_id"),), streamed=True
    ),
    "postings": _Table("term", "post_id", indexes=(_Index("by_rank", "term", "rank"),)),
    "indexed_posts": _Table("post_id", expires=True),
    "comments": _Table(
        "parent",
        "comment_id",
        indexes=(
            _Index("by_id", "comment_id", "parent"),
            _Index("by_author", "author_id", "comment_id"),
        ),
        streamed=True,
    ),
    "reports": _Table(
        "report_id",
        indexes=(
            _Index("by_queue", "queue", "queue_key"),
            _Index("by_reporter", "reporter_id", "report_id"),
            _Index("by_target", "target_id", "report_id"),
        ),
    ),
    "notices": _Table(
        "user_id", "notice_key", indexes=(_Index("by_actor", "actor_id", "user_id"),), expires=True
    ),
    "blocks": _Table(
        "user_id", "blocked_id", indexes=(_Index("by_blocked", "blocked_id", "user_id"),)
    ),
    "friend_requests": _Table(
        "request_id",
        indexes=(
            _Index("by_asker", "asker_id", "request_id"),
            _Index("by_recipient", "recipient_id", "request_id"),
            _Index("by_named", "named_id", "request_id"),
        ),
        streamed=True,
        expires=True,
    ),
    "friendships": _Table("user_id", "friend_id"),
    "secret_diaries": _Table(
        "diary_id",
        indexes=(
            _Index("by_asker", "asker_id", "diary_id"),
            _Index("by_friend", "friend_id", "diary_id"),
        ),
        streamed=True,
    ),
    "secret_entries": _Table(
        "diary_id",
        "entry_id",
        indexes=(_Index("by_author", "author_id", "author_key"),),
        streamed=True,
    ),
    "idempotency": _Table("key", indexes=(_Index("by_owner", "owner_id", "key"),), expires=True),
    "limits": _Table("key", indexes=(_Index("by_owner", "owner_id", "key"),), expires=True),
    "model_server": _Table("id"),
    "counters": _Table("counter", "bucket"),
    "audit": _Table("log", "entry_id"),
    "password_resets": _Table("user_id", expires=True),
    "exports": _Table("user_id", "export_id", expires=True),
    "erasures": _Table("account", indexes=(_Index("by_due", "queue", "due_at"),), expires=True),
}


class Data(Construct):
    """Everything that would be missed: kept in prod when the stack goes."""

    def __init__(self, scope: Construct, name: str, *, stage: Stage) -> None:
        super().__init__(scope, name)
        self.tables = {key: self._table(key, table, stage) for key, table in _TABLES.items()}
        self.signing_keys = self._signing_keys(stage)

    def _table(self, name: str, description: _Table, stage: Stage) -> dynamodb.Table:
        table = dynamodb.Table(
            self,
            camel(name),
            partition_key=_text(description.hash_key),
            sort_key=_text(description.range_key) if description.range_key else None,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=stage.keeps_data,
            removal_policy=stage.data_removal,
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES if description.streamed else None,
            time_to_live_attribute="expires_at" if description.expires else None,
        )
        for index in description.indexes:
            table.add_global_secondary_index(
                index_name=index.name,
                partition_key=_text(index.hash_key),
                sort_key=_text(index.range_key),
                projection_type=index.projection,
                non_key_attributes=list(index.attributes) if index.attributes else None,
            )
        return table

    def _signing_keys(self, stage: Stage) -> secretsmanager.Secret:
        """Make the key ring: ``current`` names the key that signs, older ones still verify."""
        keys = secretsmanager.Secret(
            self,
            "SigningKeys",
            description=f"Deep-Story {stage.name}: keys of access tokens and cursors",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps({"current": "k1"}),
                generate_string_key="k1",
                password_length=64,
                exclude_punctuation=True,
            ),
            removal_policy=RemovalPolicy.RETAIN if stage.keeps_data else RemovalPolicy.DESTROY,
        )
        accept(
            keys,
            "AwsSolutions-SMG4",
            "Rotation adds a key and moves 'current'; replacing the value at once, as the managed "
            "rotation does, would log everybody out.",
        )
        return keys


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
