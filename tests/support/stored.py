"""What a running service's embedded cloud holds: tables, objects, messages and Lambdas."""

from __future__ import annotations

from typing import Any

import boto3

from support.service import Service


def _options(home: Service) -> dict[str, Any]:
    return {
        "endpoint_url": home.cloud_url(),
        "region_name": "us-east-1",
        "aws_access_key_id": "test",
        "aws_secret_access_key": "test",
    }


def table(home: Service, name: str) -> list[dict[str, Any]]:
    """Return every item of the table with this logical name."""
    dynamodb = boto3.resource("dynamodb", **_options(home))
    (full_name,) = [
        each.name
        for each in dynamodb.tables.all()
        if f"{name}Table" in each.name or f"{name}" in each.name.split("-")[-2]
    ]
    items: list[dict[str, Any]] = []
    paginator = dynamodb.meta.client.get_paginator("scan")
    for page in paginator.paginate(TableName=full_name, ConsistentRead=True):
        items += page["Items"]
    return items


def object_keys(home: Service) -> list[str]:
    """Return the keys of all objects of pictures, exports, and of what the model server wrote."""
    s3 = boto3.client("s3", **_options(home))
    (bucket,) = [
        each["Name"] for each in s3.list_buckets()["Buckets"] if "pictures" in each["Name"]
    ]
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [entry["Key"] for page in pages for entry in page.get("Contents", [])]


def messages(home: Service, name: str) -> int:
    """Return how many messages lie in the queue with this logical name."""
    sqs = boto3.client("sqs", **_options(home))
    (url,) = [each for each in sqs.list_queues()["QueueUrls"] if name in each]
    wanted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=wanted)["Attributes"]
    return sum(map(int, attributes.values()))


def run_lambda(home: Service, name: str) -> None:
    """Run the Lambda with this logical name as its schedule does, and wait for its end."""
    client = boto3.client("lambda", **_options(home))
    (function,) = [
        each["FunctionName"]
        for page in client.get_paginator("list_functions").paginate()
        for each in page["Functions"]
        if name in each["FunctionName"]
    ]
    answer = client.invoke(FunctionName=function, Payload=b"{}")
    assert "FunctionError" not in answer, answer["Payload"].read()
