"""Where events go that a Lambda could not handle: kept for people to look at and send again."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from deepstory_cdk.checks import accept


def failure_queue(scope: Construct, name: str) -> sqs.Queue:
    """Make a dead-letter queue that keeps its messages as long as SQS can."""
    queue = sqs.Queue(
        scope,
        name,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=Duration.days(14),
    )
    accept(queue, "AwsSolutions-SQS3", "This is the dead-letter queue itself.")
    return queue
