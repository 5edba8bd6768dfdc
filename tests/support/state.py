"""The whole state of a test's tables and bucket: read, put back, compared."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import boto3

from support.tables import TABLES

Items = dict[str, list[dict[str, Any]]]


def told(item: Mapping[str, Any], ignored: frozenset[str]) -> str:
    return json.dumps(
        {k: v for k, v in item.items() if k not in ignored}, sort_keys=True, default=str
    )


def items() -> Items:
    return {
        table: [
            item
            for item in _scanned(table)
            # How far a run came is no result.
            if not item.get("counter", {}).get("S", "").startswith("checkpoint#")
        ]
        for table in TABLES
    }


def _scanned(table: str) -> list[dict[str, Any]]:
    pages = boto3.client("dynamodb").get_paginator("scan")
    found = pages.paginate(TableName=table, ConsistentRead=True)
    return [item for page in found for item in page["Items"]]


def put_items(wanted: Items) -> None:
    """Put the tables back; the checkpoints of runs go."""
    client = boto3.client("dynamodb")
    for name, table in TABLES.items():
        names = [each for each in (table.hash, table.range) if each]
        there = {_key(item, names): item for item in _scanned(name)}
        before = {_key(item, names): item for item in wanted[name]}
        for key in there.keys() - before.keys():
            client.delete_item(TableName=name, Key={each: there[key][each] for each in names})
        for key, item in before.items():
            if there.get(key) != item:
                client.put_item(TableName=name, Item=item)


def _key(item: Mapping[str, Any], names: Sequence[str]) -> str:
    return json.dumps([item[each] for each in names], sort_keys=True)


def objects(bucket: str) -> dict[str, bytes]:
    client = boto3.client("s3")
    found = client.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {
        each["Key"]: client.get_object(Bucket=bucket, Key=each["Key"])["Body"].read()
        for each in found
    }


def put_objects(bucket: str, wanted: Mapping[str, bytes]) -> None:
    client = boto3.client("s3")
    for key in objects(bucket).keys() - wanted.keys():
        client.delete_object(Bucket=bucket, Key=key)
    for key, body in wanted.items():
        client.put_object(Bucket=bucket, Key=key, Body=body)
