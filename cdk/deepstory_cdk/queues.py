"""Queues of work that a Lambda hands to another."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from deepstory_cdk.failures import failure_queue
from deepstory_cdk.grants import allow

SEND = ("sqs:SendMessage",)


@dataclass(frozen=True)
class _Work:
    """How long a Lambda may work at a message, and how often it gets one that fails."""

    timeout_seconds: int
    deliveries: int


_QUEUES = {
    "password_resets": _Work(timeout_seconds=30, deliveries=5),
    # Packing may take as long as a Lambda can.
    "exports": _Work(timeout_seconds=900, deliveries=5),
    "erasures": _Work(timeout_seconds=180, deliveries=5),
}


class Queues(Construct):
    """What nobody could do after several deliveries is kept aside, with an alarm."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        self.queues = {key: self._queue(key, work) for key, work in _QUEUES.items()}

    def timeout_seconds(self, name: str) -> int:
        """Return how long the Lambda that takes from a queue may work."""
        return _QUEUES[name].timeout_seconds

    def visibility_seconds(self, name: str) -> int:
        """Return after how long a message that was taken, and not dealt with, comes again."""
        # Only when its Lambda cannot be at it any more.
        return self.timeout_seconds(name) + 60

    def _queue(self, name: str, work: _Work) -> sqs.Queue:
        camel = "".join(part.capitalize() for part in name.split("_"))
        return sqs.Queue(
            self,
            camel,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(4),
            visibility_timeout=Duration.seconds(self.visibility_seconds(name)),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=failure_queue(self, f"{camel}Failures"),
                max_receive_count=work.deliveries,
            ),
        )


def take_from(
    function: lambda_.Function, queue: sqs.Queue, *, batch_size: int, concurrency: int
) -> None:
    """Let a Lambda take messages; only those that fail come again."""
    function.add_event_source(
        event_sources.SqsEventSource(
            queue,
            batch_size=batch_size,
            max_concurrency=concurrency,
            report_batch_item_failures=True,
        )
    )


def allow_sending(function: lambda_.Function, queue: sqs.Queue) -> None:
    """Let a Lambda put messages into a queue."""
    allow(function, SEND, [queue.queue_arn])
