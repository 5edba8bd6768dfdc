"""AWS clients of an embedded cloud, with all rights in its account."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

from local.settings import REGION


def client(endpoint_url: str, service: str) -> Any:
    """Return a client that waits up to two minutes for an answer."""
    return boto3.client(  # type: ignore[call-overload]  # any service
        service,
        endpoint_url=endpoint_url,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106  # the embedded cloud knows no other
        config=Config(connect_timeout=5, read_timeout=120, proxies={}),
    )
