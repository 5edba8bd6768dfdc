"""Lambdas that bring pictures to the model server and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from deepstory_cdk import pictures as objects
from deepstory_cdk.checks import role_of
from deepstory_cdk.failures import failure_queue
from deepstory_cdk.functions import Functions, Program
from deepstory_cdk.grants import GET, PUT, UPDATE, allow, allow_table
from deepstory_cdk.streams import only, read_stream

if TYPE_CHECKING:
    from deepstory_cdk.data import Data
    from deepstory_cdk.environment import Environment
    from deepstory_cdk.model_endpoint import ModelEndpoint
    from deepstory_cdk.pictures import Pictures

DISPATCH_VARIABLES = (
    "PICTURES_TABLE",
    "MODEL_SERVER_TABLE",
    "MODEL_ENDPOINT",
    "MODEL_VARIANT",
    "MODEL_COLD_START_SECONDS",
    "MODEL_DRAWING_SECONDS",
    # Whoever sees the model server adds up its running time.
    "MODEL_MICRO_USD_PER_HOUR",
    "SERVICE_TIME_ZONE",
)


class Workers(Construct):
    """Every one may see the same event twice, and none may lose one: failures go to a queue."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        functions: Functions,
        environment: Environment,
        data: Data,
        pictures: Pictures,
        model: ModelEndpoint,
    ) -> None:
        super().__init__(scope, name)
        self._functions = functions
        self._environment = environment
        self._dispatch_pictures(data, model)
        self._picture_finished(data, pictures, model)

    def _dispatch_pictures(self, data: Data, model: ModelEndpoint) -> None:
        function = self._functions.create(
            self,
            "DispatchPictures",
            Program(
                handler="workers.dispatch_pictures.handler",
                description="hands new pictures to the model server",
                environment=self._environment.only(
                    *DISPATCH_VARIABLES, service="dispatch-pictures"
                ),
                timeout_seconds=30,
            ),
        )
        allow_dispatch(function, data, model)
        read_stream(
            function,
            data.tables["pictures"],
            failures=failure_queue(self, "DispatchPicturesFailures"),
            batch_size=10,
            retries=3,
            filters=[only(eventName=["INSERT"])],
        )

    def _picture_finished(self, data: Data, pictures: Pictures, model: ModelEndpoint) -> None:
        failures = failure_queue(self, "PictureFinishedFailures")
        function = self._functions.create(
            self,
            "PictureFinished",
            Program(
                handler="workers.picture_finished.handler",
                description="takes what the model server drew, or why it did not",
                environment=self._environment.only(
                    *DISPATCH_VARIABLES,
                    "PICTURES_BUCKET",
                    "COUNTERS_TABLE",
                    service="picture-finished",
                ),
                timeout_seconds=60,
                memory_mb=1024,
                makes_pictures=True,
            ),
            failures=failures,
        )
        # A failed request is sent again at once.
        allow_dispatch(function, data, model)
        _allow_keeping(function, pictures)
        # A picture that becomes ready is counted in the same transaction.
        allow_table(function, data.tables["counters"], UPDATE)
        for topic in (model.success, model.failure):
            self._subscribe(function, topic, failures)

    def _subscribe(self, function: lambda_.Function, topic: sns.Topic, failures: sqs.Queue) -> None:
        topic.add_subscription(
            subscriptions.LambdaSubscription(function, dead_letter_queue=failures)
        )


def _allow_keeping(function: lambda_.Function, pictures: Pictures) -> None:
    role, bucket = role_of(function), pictures.bucket
    output = bucket.arn_for_objects(f"{objects.ASYNC_OUTPUT}*")
    allow(role, ["s3:GetObject", "s3:DeleteObject"], [output])
    # Without it S3 answers 403 instead of 404 for a result that is gone.
    allow(role, ["s3:ListBucket"], [bucket.bucket_arn])
    allow(role, ["s3:PutObject", "s3:DeleteObject"], [bucket.arn_for_objects(f"{objects.KEPT}*")])
    objects.accept_prefix(role, bucket, objects.ASYNC_OUTPUT)
    objects.accept_prefix(role, bucket, objects.KEPT)


def allow_dispatch(function: lambda_.Function, data: Data, model: ModelEndpoint) -> None:
    """Let a Lambda claim waiting pictures and send them to the model server."""
    allow_table(function, data.tables["pictures"], GET, UPDATE)
    allow_table(function, data.tables["model_server"], GET, PUT)
    if model.arn:
        allow(function, ["sagemaker:InvokeEndpointAsync"], [model.arn])
