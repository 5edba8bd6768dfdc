"""Acting as a Lambda of the embedded cloud, with what its role allows."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from support.cloud import Cloud
from support.functions import packed

TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    },
}
TELL_KEY = "import os\ndef handler(event, context):\n    return os.environ['AWS_ACCESS_KEY_ID']\n"
ARN = "arn:aws:{}:us-east-1:000000000000:{}"
Client = Callable[[str], Any]


def statement(*actions: str, on: str, **condition: dict[str, Any]) -> dict[str, Any]:
    made = {"Effect": "Allow", "Action": list(actions), "Resource": on}
    return made | ({"Condition": condition} if condition else {})


def function_with(cloud: Cloud, *statements: dict[str, Any]) -> str:
    """Return the name of a new function, and of its role, which may do what is stated."""
    name = f"f{uuid.uuid4().hex[:12]}"
    iam = cloud.client("iam")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    if statements:
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_role_policy(RoleName=name, PolicyName="policy", PolicyDocument=policy)
    cloud.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.11",
        Role=made["Role"]["Arn"],
        Handler="index.handler",
        Code={"ZipFile": packed(TELL_KEY)},
    )
    return name


def credentials(cloud: Cloud, function: str) -> dict[str, str]:
    answer = httpx.get(
        f"{cloud.endpoint_url}/_deepstory/credentials/{function}", trust_env=False, timeout=60
    )
    assert answer.status_code == 200
    given: dict[str, str] = answer.json()
    return given


def acting(cloud: Cloud, *statements: dict[str, Any]) -> Client:
    """Return what makes clients that act as a new function."""
    given = credentials(cloud, function_with(cloud, *statements))

    def client(service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]  # the name is a variable
            service,
            endpoint_url=cloud.endpoint_url,
            region_name="us-east-1",
            aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=given["AWS_SESSION_TOKEN"],
            config=Config(retries={"total_max_attempts": 1}, signature_version=None),
        )

    return client


def table(cloud: Cloud) -> str:
    name = f"t{uuid.uuid4().hex[:12]}"
    cloud.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "owner", "AttributeType": "S"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_owner",
                "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def arn_of(name: str) -> str:
    return ARN.format("dynamodb", f"table/{name}")


def refused(call: Callable[..., Any], **request: Any) -> str:
    """Return what the refusal says; it is one of permission."""
    with pytest.raises(ClientError) as caught:
        call(**request)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403)
    assert "AccessDenied" in caught.value.response["Error"]["Code"]
    return str(caught.value)
