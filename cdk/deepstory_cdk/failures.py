"""Where events go that a Lambda could not handle: kept for people to look at and send again."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from deepstory_cdk.checks import accept


def failure_queue(scope: Construct, name: str) -> sqs.Queue:
    """Make a dead-letter queue that keeps its messages as long as SQS can, and an alarm on it."""
    queue = sqs.Queue(
        scope,
        name,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=Duration.days(14),
    )
    accept(queue, "AwsSolutions-SQS3", "This is the dead-letter queue itself.")
    cloudwatch.Alarm(
        scope,
        f"{name}Alarm",
        alarm_description=f"{name}: something was given up and waits for people to look at it.",
        metric=queue.metric_approximate_number_of_messages_visible(
            period=Duration.minutes(5), statistic="Maximum"
        ),
        threshold=1,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    return queue
