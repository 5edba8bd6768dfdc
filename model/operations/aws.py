"""AWS as the operator's environment configures it."""

from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from model.operations.errors import OperationError


def client(service: str) -> Any:
    """Return a client, or refuse in words when no region or profile is set."""
    make: Any = boto3.client  # whose types know each service by its literal name
    try:
        return make(service)
    except (BotoCoreError, ValueError) as error:
        raise OperationError(f"AWS can't be reached: {error}") from error


def put_parameter(ssm: Any, name: str, value: str) -> None:
    """Set a parameter of text, whether it is there or not."""
    try:
        ssm.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)
    except (BotoCoreError, ClientError) as error:
        raise OperationError(f"the parameter {name} can't be set: {error}") from error


def split_location(location: str) -> tuple[str, str]:
    """Return bucket and key of an ``s3://`` location."""
    bucket, _, key = location.removeprefix("s3://").partition("/")
    return bucket, key
