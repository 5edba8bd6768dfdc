"""Work that is handed to another Lambda: written down first, done a moment later, at least once."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any, Protocol

# What SQS can hold a message back for.
LONGEST_DELAY = timedelta(minutes=15)


class Queue(Protocol):
    def send(self, body: bytes, *, delay: timedelta = timedelta(0)) -> None:
        """Hand a message over; it comes at least once, at the earliest after the delay."""


class SqsQueue:
    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, body: bytes, *, delay: timedelta = timedelta(0)) -> None:
        # Rounded up: one that comes too early would only be sent again.
        seconds = math.ceil(min(delay, LONGEST_DELAY).total_seconds())
        self._client.send_message(
            QueueUrl=self._url, MessageBody=body.decode(), DelaySeconds=max(0, seconds)
        )
