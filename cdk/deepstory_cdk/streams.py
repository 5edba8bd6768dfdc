"""The one way a Lambda reads a table's stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_sqs as sqs

from deepstory_cdk.checks import accept, role_of


def read_stream(
    function: lambda_.Function,
    table: dynamodb.Table,
    *,
    failures: sqs.IQueue,
    batch_size: int,
    retries: int,
    window: Duration | None = None,
    filters: Sequence[Mapping[str, Any]] | None = None,
) -> None:
    """Let a Lambda read every change of a table; of what it cannot take, ``failures`` is told.

    That names the Lambda and the records, which the table's stream keeps for a day.
    DynamoDB serves two readers of one stream well, and no more.
    """
    function.add_event_source(
        event_sources.DynamoEventSource(
            table,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=batch_size,
            max_batching_window=window,
            retry_attempts=retries,
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            on_failure=event_sources.SqsDlq(failures),
            filters=filters,
        )
    )
    accept(
        role_of(function),
        "AwsSolutions-IAM5[Resource::*]",
        "dynamodb:ListStreams, which reading a stream needs, knows no resources.",
    )


def only(**pattern: Any) -> Mapping[str, Any]:
    """Return a filter of records; each argument is a rule for a member of the record."""
    return lambda_.FilterCriteria.filter(pattern)
