"""AWS clients that answer what a test tells them and call nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber


class Clients:
    """A stubbed client of each service that is asked for."""

    def __init__(self) -> None:
        self.stubs: dict[str, Stubber] = {}
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = boto3.client(  # type: ignore[call-overload]  # the name is a variable
                service,
                region_name="us-east-1",
                aws_access_key_id="test",
                aws_secret_access_key="test",
                config=Config(signature_version="s3v4" if service == "s3" else None),
            )
            self.stubs[service] = Stubber(self._clients[service])
            self.stubs[service].activate()
        return self._clients[service]

    def stub(self, service: str) -> Stubber:
        """Return the stub of a service; every answer given to it must be used up."""
        self.client(service)
        return self.stubs[service]


@pytest.fixture
def clients() -> Iterator[Clients]:
    clients = Clients()
    yield clients
    for stub in clients.stubs.values():
        stub.assert_no_pending_responses()
