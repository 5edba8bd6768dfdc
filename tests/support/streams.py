"""What a table's stream tells."""

from __future__ import annotations

from typing import Any

import boto3


def stream_of(table: str) -> list[dict[str, Any]]:
    """Return every record of a table's stream, oldest first."""
    client = boto3.client("dynamodbstreams")
    (stream,) = client.list_streams(TableName=table)["Streams"]
    arn = stream["StreamArn"]
    records: list[dict[str, Any]] = []
    for shard in client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = client.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while iterator:
            answer = client.get_records(ShardIterator=iterator)
            records += answer["Records"]
            iterator = answer.get("NextShardIterator") if answer["Records"] else None
    return records
