"""An asynchronous endpoint over the echo model, with a queue that hears its notifications."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from support.cloud import Cloud

ECHO_MODEL = Path(__file__).with_name("echo_model.py")
PATIENCE = 180.0
VARIANT = "main"


@contextmanager
def hosting_cloud(directory: Path) -> Iterator[Cloud]:
    """Run a cloud whose endpoints are hosted with the echo model."""
    model = {"MODEL_PYTHON": sys.executable, "MODEL_ENTRY": str(ECHO_MODEL)}
    with patch.dict(os.environ, model):
        cloud = Cloud(directory).start()
        try:
            yield cloud
        finally:
            cloud.stop()


def eventually(condition: Callable[[], Any], what: str) -> Any:
    """Return the first true value of ``condition``; it looks at real processes, so it polls."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"never happened: {what}")


def running(pid: int) -> bool:
    """Return whether a process exists and is more than an entry waiting to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _taking_notifications() -> str:
    """Return the policy without which a queue refuses what topics send."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@dataclass
class Hosted:
    """One endpoint named ``drawing`` in an account of its own."""

    cloud: Cloud
    account: str
    name: str = "drawing"
    heard: list[dict[str, Any]] = field(default_factory=list)

    def client(self, service: str) -> Any:
        return self.cloud.client(service, self.account)

    def create(self, instances: int = 1, concurrency: int = 4, **environment: str) -> "Hosted":
        """Create bucket, topics, queue, model, configuration and endpoint."""
        self.client("s3").create_bucket(Bucket=self.bucket)
        sns, sqs = self.client("sns"), self.client("sqs")
        url = sqs.create_queue(QueueName="heard")["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": _taking_notifications()})
        for topic in ("success", "error"):
            sns.subscribe(
                TopicArn=sns.create_topic(Name=topic)["TopicArn"],
                Protocol="sqs",
                Endpoint=attributes["Attributes"]["QueueArn"],
                Attributes={"RawMessageDelivery": "true"},
            )
        self.configure("first", instances, concurrency, **environment)
        self.client("sagemaker").create_endpoint(EndpointName=self.name, EndpointConfigName="first")
        return self

    def scale(self, instances: int) -> "Hosted":
        """Ask for so many instances and wait for them."""
        self.client("sagemaker").update_endpoint_weights_and_capacities(
            EndpointName=self.name,
            DesiredWeightsAndCapacities=[
                {"VariantName": VARIANT, "DesiredInstanceCount": instances}
            ],
        )
        self.wait_for(instances)
        return self

    def configure(
        self, config: str, instances: int = 1, concurrency: int = 4, **environment: str
    ) -> None:
        """Create a model and an endpoint configuration of one name."""
        sagemaker = self.client("sagemaker")
        sagemaker.create_model(
            ModelName=config, PrimaryContainer={"Image": "echo", "Environment": environment}
        )
        sagemaker.create_endpoint_config(
            EndpointConfigName=config,
            ProductionVariants=[
                {
                    "VariantName": VARIANT,
                    "ModelName": config,
                    "InstanceType": "ml.g5.xlarge",
                    "InitialInstanceCount": instances,
                    "ContainerStartupHealthCheckTimeoutInSeconds": 120,
                }
            ],
            AsyncInferenceConfig={
                "ClientConfig": {"MaxConcurrentInvocationsPerInstance": concurrency},
                "OutputConfig": {
                    "S3OutputPath": f"s3://{self.bucket}/out",
                    "S3FailurePath": f"s3://{self.bucket}/failed",
                    "NotificationConfig": {
                        "SuccessTopic": self.topic("success"),
                        "ErrorTopic": self.topic("error"),
                    },
                },
            },
        )

    @property
    def bucket(self) -> str:
        return f"bucket-{self.account}"

    def topic(self, name: str) -> str:
        return f"arn:aws:sns:us-east-1:{self.account}:{name}"

    def invoke(self, inference_id: str, body: dict[str, Any] | None = None, **more: Any) -> Any:
        """Send a request with an inline body."""
        return self.client("sagemaker-runtime").invoke_endpoint_async(
            EndpointName=self.name,
            Body=json.dumps(body or {"id": inference_id}).encode(),
            ContentType="application/json",
            InferenceId=inference_id,
            **more,
        )

    def result(self, inference_id: str) -> dict[str, Any]:
        """Wait for the notification about a request."""
        found: dict[str, Any] = eventually(
            lambda: next((m for m in self._listen() if m.get("inferenceId") == inference_id), None),
            f"a notification about {inference_id}; {self.cloud.errors()[-2000:]}",
        )
        return found

    def announcements(self) -> list[dict[str, Any]]:
        """Return the test notifications heard so far."""
        return [m for m in self._listen() if m["eventName"] == "TestNotification"]

    def object(self, location: str) -> bytes:
        """Read what an ``s3://`` location holds."""
        bucket, _, key = location.removeprefix("s3://").partition("/")
        body: bytes = self.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def describe(self) -> Any:
        return self.client("sagemaker").describe_endpoint(EndpointName=self.name)

    def wait_for(self, current: int, status: str = "InService") -> Any:
        """Wait until so many instances run and the endpoint has a status."""

        def reached() -> Any:
            description = self.describe()
            count = description["ProductionVariants"][0]["CurrentInstanceCount"]
            return description if (count, description["EndpointStatus"]) == (current, status) else 0

        return eventually(reached, f"{current} instances, {status}: {self.describe()}")

    def pid(self, inference_id: str) -> int:
        """Return the process that answered a request, after waiting for it."""
        location = self.result(inference_id)["responseParameters"]["outputLocation"]
        return int(json.loads(self.object(location))["pid"])

    def _listen(self) -> list[dict[str, Any]]:
        sqs = self.client("sqs")
        url = sqs.get_queue_url(QueueName="heard")["QueueUrl"]
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            self.heard.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return self.heard
