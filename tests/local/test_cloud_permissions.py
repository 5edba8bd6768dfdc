"""A Lambda, and whoever stands in for it, may do what its role allows and nothing else."""

import json
import os
import uuid
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import pytest
from botocore.exceptions import ClientError

from support.acting import (
    ARN,
    acting,
    arn_of,
    credentials,
    function_with,
    refused,
    statement,
    table,
)
from support.cloud import Cloud

KEY = {"id": {"S": "a"}}


def test_lambda_runs_with_its_role(cloud: Cloud) -> None:
    name = function_with(cloud)
    told = cloud.client("lambda").invoke(FunctionName=name)["Payload"].read()
    key = credentials(cloud, name)["AWS_ACCESS_KEY_ID"]
    assert json.loads(told) == key != credentials(cloud, function_with(cloud))["AWS_ACCESS_KEY_ID"]


def test_nobody_has_the_role_of_a_function_that_is_not_there(cloud: Cloud) -> None:
    answer = httpx.get(f"{cloud.endpoint_url}/_deepstory/credentials/none", trust_env=False)
    assert answer.status_code == 404


def test_action_is_allowed_on_the_named_table_alone(cloud: Cloud) -> None:
    own, other = table(cloud), table(cloud)
    client = acting(cloud, statement("dynamodb:GetItem", on=arn_of(own)))("dynamodb")
    client.get_item(TableName=own, Key=KEY)
    assert "dynamodb:GetItem" in refused(client.get_item, TableName=other, Key=KEY)
    assert "dynamodb:PutItem" in refused(client.put_item, TableName=own, Item=KEY)
    assert "dynamodb:Scan" in refused(client.scan, TableName=own)


def test_batch_needs_every_table_of_it(cloud: Cloud) -> None:
    own, other = table(cloud), table(cloud)
    client = acting(cloud, statement("dynamodb:BatchGetItem", on=arn_of(own)))("dynamodb")
    keys = {"Keys": [KEY]}
    client.batch_get_item(RequestItems={own: keys})
    refused(client.batch_get_item, RequestItems={own: keys, other: keys})


def test_index_is_no_part_of_its_table(cloud: Cloud) -> None:
    own = table(cloud)
    client = acting(cloud, statement("dynamodb:Query", on=arn_of(own)))("dynamodb")
    values = {":owner": {"S": "a"}}
    query = {"KeyConditionExpression": "#o = :owner", "ExpressionAttributeNames": {"#o": "owner"}}
    refused(
        client.query,
        TableName=own,
        IndexName="by_owner",
        ExpressionAttributeValues=values,
        **query,
    )


@pytest.mark.parametrize(
    ("action", "item"),
    [
        ("PutItem", {"Put": {"Item": KEY}}),
        ("DeleteItem", {"Delete": {"Key": KEY}}),
        (
            "UpdateItem",
            {
                "Update": {
                    "Key": KEY,
                    "UpdateExpression": "SET n = :n",
                    "ExpressionAttributeValues": {":n": {"N": "1"}},
                }
            },
        ),
        (
            "ConditionCheckItem",
            {"ConditionCheck": {"Key": KEY, "ConditionExpression": "attribute_not_exists(gone)"}},
        ),
    ],
)
def test_transaction_needs_the_permission_of_each_of_its_parts(
    cloud: Cloud, action: str, item: dict[str, dict[str, Any]]
) -> None:
    own = table(cloud)
    ((kind, what),) = item.items()
    transaction = [{kind: what | {"TableName": own}}]
    every = {"PutItem", "DeleteItem", "UpdateItem", "ConditionCheckItem"}
    others = [f"dynamodb:{each}" for each in every - {action}]
    allowed = acting(cloud, statement(f"dynamodb:{action}", on=arn_of(own)))("dynamodb")
    allowed.transact_write_items(TransactItems=transaction)
    not_allowed = acting(cloud, statement(*others, on=arn_of(own)))("dynamodb")
    assert f"dynamodb:{action}" in refused(
        not_allowed.transact_write_items, TransactItems=transaction
    )


def test_only_named_attributes_may_be_read_where_a_policy_names_them(cloud: Cloud) -> None:
    own = table(cloud)
    conditions = {
        "ForAllValues:StringEquals": {"dynamodb:Attributes": ["id", "like_count"]},
        "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
    }
    allowed = statement("dynamodb:GetItem", "dynamodb:Scan", on=arn_of(own), **conditions)
    client = acting(cloud, allowed)("dynamodb")
    client.get_item(TableName=own, Key=KEY, ProjectionExpression="id, like_count")
    client.scan(TableName=own, ProjectionExpression="id", Select="SPECIFIC_ATTRIBUTES")
    refused(client.get_item, TableName=own, Key=KEY)
    refused(client.get_item, TableName=own, Key=KEY, ProjectionExpression="id, diary")
    refused(client.scan, TableName=own, Select="COUNT")
    refused(
        client.scan,
        TableName=own,
        ProjectionExpression="#s",
        ExpressionAttributeNames={"#s": "diary"},
    )


def test_signed_address_is_worth_what_its_signer_may_do(cloud: Cloud) -> None:
    bucket = f"b{uuid.uuid4().hex[:12]}"
    root = cloud.client("s3")
    root.create_bucket(Bucket=bucket)
    for key in ("kept/a", "other/a"):
        root.put_object(Bucket=bucket, Key=key, Body=b"content")
    client = acting(cloud, statement("s3:GetObject", on=f"arn:aws:s3:::{bucket}/kept/*"))("s3")
    answers = {
        key: httpx.get(
            client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key}),
            trust_env=False,
        )
        for key in ("kept/a", "other/a")
    }
    assert (answers["kept/a"].status_code, answers["kept/a"].content) == (200, b"content")
    assert answers["other/a"].status_code == 403
    client.head_object(Bucket=bucket, Key="kept/a")
    refused(client.delete_object, Bucket=bucket, Key="kept/a")
    with pytest.raises(ClientError, match="403"):
        client.head_object(Bucket=bucket, Key="other/a")


def test_mail_is_sent_from_the_allowed_address_alone(cloud: Cloud) -> None:
    address = "us@example.com"
    cloud.client("sesv2").create_email_identity(EmailIdentity=address)
    client = acting(
        cloud,
        statement(
            "ses:SendEmail",
            on=ARN.format("ses", f"identity/{address}"),
            StringEquals={"ses:FromAddress": address},
        ),
    )("sesv2")
    mail = {
        "Destination": {"ToAddresses": ["you@example.com"]},
        "Content": {"Simple": {"Subject": {"Data": "a"}, "Body": {"Text": {"Data": "b"}}}},
    }
    client.send_email(FromEmailAddress=f"Deep-Story <{address}>", **mail)
    refused(client.send_email, FromEmailAddress="others@example.com", **mail)


SCALING = {
    "ServiceNamespace": "sagemaker",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    "ResourceId": "endpoint/none/variant/main",
}


def test_scaling_is_allowed_by_namespace_and_dimension(cloud: Cloud) -> None:
    conditions = {
        "application-autoscaling:service-namespace": "sagemaker",
        "application-autoscaling:scalable-dimension": SCALING["ScalableDimension"],
    }
    targets = ARN.format("application-autoscaling", "scalable-target/*")
    allowed = statement(
        "application-autoscaling:RegisterScalableTarget", on=targets, StringEquals=conditions
    )
    client = acting(cloud, allowed)("application-autoscaling")
    # What is allowed gets so far as to be told that there is no such endpoint.
    with pytest.raises(ClientError, match="ValidationException"):
        client.register_scalable_target(**SCALING, MinCapacity=0, MaxCapacity=1)
    refused(
        client.register_scalable_target,
        **SCALING | {"ServiceNamespace": "dynamodb"},
        MinCapacity=0,
        MaxCapacity=1,
    )
    refused(client.deregister_scalable_target, **SCALING)


def test_model_is_asked_and_changed_by_those_who_may(cloud: Cloud) -> None:
    endpoint = ARN.format("sagemaker", "endpoint/drawing")
    client = acting(cloud, statement("sagemaker:InvokeEndpointAsync", on=endpoint))
    runtime = client("sagemaker-runtime")
    with pytest.raises(ClientError, match="ValidationError"):
        runtime.invoke_endpoint_async(EndpointName="drawing", Body=b"{}")
    refused(runtime.invoke_endpoint_async, EndpointName="another", Body=b"{}")
    refused(runtime.invoke_endpoint, EndpointName="drawing", Body=b"{}")
    refused(client("sagemaker").describe_endpoint, EndpointName="drawing")


def test_key_that_is_unknown_or_signs_wrongly_is_nobodys(cloud: Cloud) -> None:
    name = function_with(cloud, statement("dynamodb:ListTables", on="*"))
    given = credentials(cloud, name)
    stranger = cloud.client("dynamodb", "ASIA0000000000000000")
    forger = cloud.client("dynamodb", given["AWS_ACCESS_KEY_ID"])
    for client in (stranger, forger):
        with pytest.raises(ClientError, match=r"UnrecognizedClient|InvalidSignature"):
            client.list_tables()


def test_record_tells_once_what_each_role_did_and_was_refused(tmp_path: Path) -> None:
    record = tmp_path / "record"
    with patch.dict(os.environ, {"IAM_RECORD": str(record)}):
        cloud = Cloud(tmp_path / "data").start()
    try:
        own = table(cloud)
        client = acting(cloud, statement("dynamodb:GetItem", on=arn_of(own)))("dynamodb")
        for _ in range(2):
            client.get_item(TableName=own, Key=KEY)
            refused(client.delete_item, TableName=own, Key=KEY)
        cloud.client("dynamodb").delete_item(TableName=own, Key=KEY)
    finally:
        cloud.stop()
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    assert [(line["action"], line["resource"], line["allowed"]) for line in lines] == [
        ("dynamodb:GetItem", arn_of(own), True),
        ("dynamodb:DeleteItem", arn_of(own), False),
    ]
    assert len({line["role"] for line in lines}) == 1
