"""Events that a Lambda could not handle: kept for people to look at and send again.

An alarm tells that there is something to look at.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from deepstory_cdk.alarms import call_people
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
    call_people(
        queue,
        name,
        queue.metric_approximate_number_of_messages_visible(
            period=Duration.minutes(5), statistic="Maximum"
        ),
        when=1,
        meaning="Events wait that nobody could handle; they are kept for 14 days.",
        first="read one without deleting it, and the log of its Lambda from that time; send it "
        "again once the cause is gone.",
    )
    return queue
