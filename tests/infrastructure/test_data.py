from __future__ import annotations

import json
from typing import Any

import pytest

from infrastructure.synthesis import Template

KEYS = {
    "Users": ("user_id",),
    "Emails": ("email",),
    "Sessions": ("user_id", "session_id"),
    "Pictures": ("picture_id",),
    "Posts": ("post_id",),
    "Likes": ("post_id", "user_id"),
    "Postings": ("term", "post_id"),
    "IndexedPosts": ("post_id",),
    "Comments": ("parent", "comment_id"),
    "Notices": ("user_id", "notice_key"),
    "Blocks": ("user_id", "blocked_id"),
    "Reports": ("report_id",),
    "FriendRequests": ("request_id",),
    "Friendships": ("user_id", "friend_id"),
    "SecretDiaries": ("diary_id",),
    "SecretEntries": ("diary_id", "entry_id"),
    "Idempotency": ("key",),
    "Limits": ("key",),
    "ModelServer": ("id",),
    "Counters": ("counter", "bucket"),
    "Audit": ("log", "entry_id"),
    "PasswordResets": ("user_id",),
    "Exports": ("user_id", "export_id"),
    "Erasures": ("account",),
}
INDEXES = {
    "Users": {
        "by_joined": ("directory", "user_id", "KEYS_ONLY"),
        "by_email": ("directory", "email", "KEYS_ONLY"),
        "by_name": ("directory", "name_key", "KEYS_ONLY"),
    },
    "Pictures": {
        "by_owner": ("owner_id", "picture_id", "ALL"),
        "queue": ("queue", "queue_key", "INCLUDE"),
    },
    "Posts": {
        "by_author": ("author_id", "post_id", "KEYS_ONLY"),
        "by_day": ("author_id", "diary_date", "INCLUDE"),
        "public_by_author": ("author_id", "public_id", "KEYS_ONLY"),
        "by_feed": ("feed", "post_id", "KEYS_ONLY"),
        "top_day": ("day_bucket", "rank", "KEYS_ONLY"),
        "top_week": ("week_bucket", "rank", "KEYS_ONLY"),
        "top_month": ("month_bucket", "rank", "KEYS_ONLY"),
        "top_all": ("feed", "rank", "KEYS_ONLY"),
    },
    "Likes": {"by_user": ("user_id", "liked_id", "KEYS_ONLY")},
    "Postings": {"by_rank": ("term", "rank", "KEYS_ONLY")},
    "Comments": {
        "by_id": ("comment_id", "parent", "KEYS_ONLY"),
        "by_author": ("author_id", "comment_id", "KEYS_ONLY"),
    },
    "Reports": {
        "by_queue": ("queue", "queue_key", "KEYS_ONLY"),
        "by_reporter": ("reporter_id", "report_id", "KEYS_ONLY"),
        "by_target": ("target_id", "report_id", "KEYS_ONLY"),
    },
    "Notices": {"by_actor": ("actor_id", "user_id", "KEYS_ONLY")},
    "Blocks": {"by_blocked": ("blocked_id", "user_id", "KEYS_ONLY")},
    "Idempotency": {"by_owner": ("owner_id", "key", "KEYS_ONLY")},
    "Limits": {"by_owner": ("owner_id", "key", "KEYS_ONLY")},
    "Erasures": {"by_due": ("queue", "due_at", "KEYS_ONLY")},
    "FriendRequests": {
        "by_asker": ("asker_id", "request_id", "KEYS_ONLY"),
        "by_recipient": ("recipient_id", "request_id", "KEYS_ONLY"),
        "by_named": ("named_id", "request_id", "KEYS_ONLY"),
    },
    "SecretDiaries": {
        "by_asker": ("asker_id", "diary_id", "KEYS_ONLY"),
        "by_friend": ("friend_id", "diary_id", "KEYS_ONLY"),
    },
    "SecretEntries": {"by_author": ("author_id", "author_key", "KEYS_ONLY")},
}


def table(template: Template, name: str) -> dict[str, Any]:
    return template.only("AWS::DynamoDB::Table", containing=f"Data{name}")


def names(schema: list[dict[str, str]]) -> tuple[str, ...]:
    return tuple(part["AttributeName"] for part in schema)


def test_there_is_a_table_for_each_aggregate_and_no_other(template: Template) -> None:
    assert len(template.of_type("AWS::DynamoDB::Table")) == len(KEYS)


@pytest.mark.parametrize("name", KEYS)
def test_tables_have_their_keys_and_indexes(template: Template, name: str) -> None:
    props = table(template, name)
    indexes = {
        index["IndexName"]: (*names(index["KeySchema"]), index["Projection"]["ProjectionType"])
        for index in props.get("GlobalSecondaryIndexes", [])
    }
    assert names(props["KeySchema"]) == KEYS[name]
    assert indexes == INDEXES.get(name, {})
    assert {attribute["AttributeType"] for attribute in props["AttributeDefinitions"]} == {"S"}


@pytest.mark.parametrize(
    ("name", "index", "attributes"),
    [("Pictures", "queue", ["owner_id", "status"]), ("Posts", "by_day", ["picture_id"])],
)
def test_indexes_that_are_read_alone_carry_what_their_readers_need(
    template: Template, name: str, index: str, attributes: list[str]
) -> None:
    indexes = table(template, name)["GlobalSecondaryIndexes"]
    found = next(each for each in indexes if each["IndexName"] == index)
    assert found["Projection"]["NonKeyAttributes"] == attributes


@pytest.mark.parametrize("name", KEYS)
def test_tables_cost_nothing_at_rest_and_can_be_restored(template: Template, name: str) -> None:
    props = table(template, name)
    assert props["BillingMode"] == "PAY_PER_REQUEST"
    assert props["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    # Without a key of ours the table is encrypted with DynamoDB's own, at no cost.
    assert "KMSMasterKeyId" not in props.get("SSESpecification", {})


def test_streams_and_expiry_are_where_code_relies_on_them(template: Template) -> None:
    streamed = {name for name in KEYS if "StreamSpecification" in table(template, name)}
    expiring = {name for name in KEYS if "TimeToLiveSpecification" in table(template, name)}
    assert streamed == {
        *("Pictures", "Posts", "Likes", "Comments"),
        *("FriendRequests", "SecretDiaries", "SecretEntries"),
    }
    assert expiring == {
        *("Sessions", "Idempotency", "Limits", "Notices", "IndexedPosts", "FriendRequests"),
        *("PasswordResets", "Exports", "Erasures"),
    }
    for name in streamed:
        view = table(template, name)["StreamSpecification"]["StreamViewType"]
        assert view == "NEW_AND_OLD_IMAGES"
    for name in expiring:
        specification = table(template, name)["TimeToLiveSpecification"]
        assert specification == {"AttributeName": "expires_at", "Enabled": True}


KEPT = {
    "AWS::DynamoDB::Table": "Data",
    "AWS::S3::Bucket": "Pictures",
    "AWS::SecretsManager::Secret": "SigningKeys",
}


@pytest.mark.parametrize(("kind", "of_people"), KEPT.items())
def test_prod_keeps_data_when_the_stack_goes_and_other_stages_do_not(
    templates: dict[str, Template], kind: str, of_people: str
) -> None:
    for stage, policy in (("prod", "Retain"), ("dev", "Delete"), ("local", "Delete")):
        policies = {
            resource["DeletionPolicy"]
            for name, resource in templates[stage].resources.items()
            if resource["Type"] == kind and of_people in name
        }
        assert policies == {policy}


def test_only_prod_refuses_to_delete_a_table(templates: dict[str, Template]) -> None:
    for stage, template in templates.items():
        for name in KEYS:
            assert table(template, name)["DeletionProtectionEnabled"] is (stage == "prod")


def test_the_first_signing_key_is_made_by_the_cloud_and_is_long(template: Template) -> None:
    generated = template.only("AWS::SecretsManager::Secret", containing="SigningKeys")[
        "GenerateSecretString"
    ]
    assert json.loads(generated["SecretStringTemplate"]) == {"current": "k1"}
    assert generated["GenerateStringKey"] == "k1"
    assert generated["PasswordLength"] == 64


def test_nothing_that_creation_needs_has_a_fixed_name(template: Template) -> None:
    naming = ["TableName", "BucketName", "FunctionName", "RoleName", "TopicName", "QueueName"]
    naming += ["ModelName", "EndpointName", "EndpointConfigName", "LogGroupName", "LayerName"]
    fixed = [
        (logical_id, name)
        for logical_id, resource in template.resources.items()
        for name in naming
        if isinstance(resource.get("Properties", {}).get(name), str)
    ]
    assert fixed == []
