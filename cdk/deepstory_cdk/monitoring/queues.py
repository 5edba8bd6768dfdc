"""Whether work that was handed over is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from deepstory_cdk.alarms import call_people
from deepstory_cdk.data import camel

if TYPE_CHECKING:
    from deepstory_cdk.queues import Queues

# A message that fails comes again after each of its deliveries; after five it is a failure.
_DELIVERIES = 4
# What the longest delay of a message adds to its age.
_LONGEST_DELAY_SECONDS = 900


def oldest(queue: sqs.Queue) -> cloudwatch.Metric:
    """Return the age of the oldest message that was not dealt with, in seconds."""
    return queue.metric_approximate_age_of_oldest_message(
        period=Duration.minutes(5), statistic="Maximum"
    )


def watch_queues(scope: Construct, queues: Queues) -> None:
    """Call people when messages get older than failing alone explains."""
    for name, queue in queues.queues.items():
        patience = _DELIVERIES * queues.visibility_seconds(name) + _LONGEST_DELAY_SECONDS
        call_people(
            scope,
            f"{camel(name)}Waiting",
            oldest(queue),
            when=patience,
            meaning=f"A message has waited for {patience // 60} minutes or more; people wait too.",
            first=f"see whether {camel(name)} runs at all, then its log for errors.",
        )
