"""Amazon's own DynamoDB Local, as a second engine for contract tests and for capacity figures.

Its licence allows use, not redistribution: ``make test-dynamodb-local`` fetches it, nothing of it
is in the repository.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from support.cloud import REGION, free_port

DIRECTORY_VARIABLE = "DYNAMODB_LOCAL_DIR"
START_SECONDS = 300.0


def directory() -> Path | None:
    """Return where DynamoDB Local lies, None when it was not asked for."""
    named = os.environ.get(DIRECTORY_VARIABLE)
    return Path(named) if named else None


@contextmanager
def running(package: Path, log: Path) -> Iterator[str]:
    """Run DynamoDB Local in memory and give its endpoint."""
    (jar,) = package.glob("lib/*/DynamoDBLocal.jar")
    java = shutil.which("java")
    assert java, "DynamoDB Local needs Java 17 or newer"
    port = free_port()
    command = [java, f"-Djava.library.path={jar.parent / 'DynamoDBLocal_lib'}", "-jar", str(jar)]
    command += ["-inMemory", "-disableTelemetry", "-port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=jar.parent, stdout=output, stderr=output)
    endpoint = f"http://127.0.0.1:{port}"
    try:
        _wait(endpoint, process, log)
        yield endpoint
    finally:
        process.terminate()
        process.wait(timeout=180)


def client(endpoint: str, account: str) -> Any:
    """Return a client; each access key sees tables of its own."""
    return boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=account,
        aws_secret_access_key="test",
    )


def _wait(endpoint: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            client(endpoint, "start").list_tables()
            return
        except (BotoCoreError, ClientError):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
