"""Where events go that a Lambda could not handle: kept for people to look at and send again.

An alarm tells that there is something to look at.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from deepstory_cdk.checks import accept


def failure_queue(scope: Construct, name: str) -> sqs.Queue:
    """Make a dead-letter queue that keeps its messages as long as SQS can, and its alarm."""
    queue = sqs.Queue(
        scope,
        name,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=Duration.days(14),
    )
    accept(queue, "AwsSolutions-SQS3", "This is the dead-letter queue itself.")
    queue.metric_approximate_number_of_messages_visible(
        period=Duration.minutes(5), statistic="Maximum"
    ).create_alarm(
        queue,
        "Alarm",
        alarm_description=f"{name}: events wait that nobody could handle.",
        threshold=1,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        # An empty queue that nobody uses sends no figures.
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    return queue
