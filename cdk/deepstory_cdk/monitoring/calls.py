"""Calls that AWS turns away, as the Lambdas write them to their logs.

DynamoDB has such figures for each table and index: an alarm on all of them would cost more than
the tables. What matters is also only what is left after the repetitions, and that is logged.
"""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from deepstory_cdk.alarms import call_people

REFUSALS = (
    "ProvisionedThroughputExceeded",
    "RequestLimitExceeded",
    "ThrottlingException",
    # What a transaction gives as its reason.
    "ThrottlingError",
    "InternalServerError",
    "ServiceUnavailable",
)
METRIC = "CallsRefused"


def refused(stage: str) -> cloudwatch.Metric:
    """Return how many lines of all logs tell of a refused call."""
    return cloudwatch.Metric(
        namespace=f"DeepStory/{stage}",
        metric_name=METRIC,
        statistic="Sum",
        period=Duration.minutes(5),
    )


def watch_calls(scope: Construct, log_groups: Sequence[logs.LogGroup], *, stage: str) -> None:
    """Count refused calls in all logs, and call people when they do not end."""
    for group in log_groups:
        # It has no fee: a metric is paid for in hours in which something is counted.
        logs.MetricFilter(
            group,
            METRIC,
            log_group=group,
            filter_pattern=logs.FilterPattern.any_term(*REFUSALS),
            metric_namespace=f"DeepStory/{stage}",
            metric_name=METRIC,
            metric_value="1",
        )
    call_people(
        scope,
        METRIC,
        refused(stage),
        when=1,
        periods=2,
        out_of=3,
        meaning="DynamoDB or another service of AWS throttles our calls or fails, and repeating "
        "them did not help.",
        first="find the call in the logs; see that table's throttled requests, then AWS's status.",
    )
