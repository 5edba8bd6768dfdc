"""Small Lambda functions for tests of the embedded cloud."""

import contextlib
import io
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3

SECONDS = 30.0

# Writes what it was given to the file of its environment, unless a file says what to do instead.
RECORDER = """
import json, os, pathlib, time

def handler(event, context):
    log = pathlib.Path(os.environ["LOG"])
    order = log.with_suffix(".order")
    orders = json.loads(order.read_text()) if order.exists() else {}
    with log.open("ab", buffering=0) as file:
        file.write(json.dumps(event).encode() + b"\\n")
    time.sleep(orders.get("sleep", 0))
    if orders.get("fail"):
        raise RuntimeError("as ordered")
    return orders.get("answer")
"""


def packed(source: str, name: str = "index.py") -> bytes:
    """Return a deployment package of one file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, source)
    return buffer.getvalue()


def role_beside(client: Any) -> str:
    """Return a role of the client's account that may do nothing; a function needs one to be."""
    # No part of boto3's interface tells whose client this is.
    credentials = client._request_signer._credentials
    iam = boto3.client(
        "iam",
        endpoint_url=client.meta.endpoint_url,
        region_name=client.meta.region_name,
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
    )
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
    with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName="any", AssumeRolePolicyDocument=json.dumps(trust))
    return str(iam.get_role(RoleName="any")["Role"]["Arn"])


class Recorder:
    """A deployed function whose invocations the test can read and direct."""

    def __init__(self, client: Any, log: Path, name: str = "recorder", **settings: Any) -> None:
        self.log = log
        self.arn: str = client.create_function(
            FunctionName=name,
            Runtime="python3.11",
            Role=role_beside(client),
            Handler="index.handler",
            Code={"ZipFile": packed(RECORDER)},
            Timeout=60,
            Environment={"Variables": {"LOG": str(log)}},
            **settings,
        )["FunctionArn"]

    def order(self, **orders: Any) -> None:
        """Make the next invocations ``sleep``, ``fail`` or return an ``answer``."""
        partial = self.log.with_suffix(".partial")
        partial.write_text(json.dumps(orders))
        partial.rename(self.log.with_suffix(".order"))

    def events(self) -> list[Any]:
        """Return the event of every invocation so far."""
        if not self.log.exists():
            return []
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def records(self) -> list[dict[str, Any]]:
        """Return the records of all events."""
        return [record for event in self.events() for record in event["Records"]]


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Poll until the condition holds; processes of other programs can't be waited for otherwise."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)
