"""What a scene's service hands over to others: messages in real queues, and mail."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import boto3

from deepstory.queues import SqsQueue
from support.leaving import token_of

_QUEUES = {
    "password_resets_queue": "reset_queue",
    "exports_queue": "export_queue",
    "erasures_queue": "erasure_queue",
}


class _Undelayed(SqsQueue):
    """Whoever takes messages out moves the scene's clock first, which no real queue looks at."""

    def send(self, body: bytes, *, delay: timedelta = timedelta(0)) -> None:
        assert delay >= timedelta(0)
        super().send(body)


class WaitingQueues:
    """Queues in which messages wait until a test takes them, by the setting that names each."""

    def __init__(self) -> None:
        self._client = boto3.client("sqs")
        self.urls: dict[str, str] = {
            name: self._client.create_queue(QueueName=name.replace("_", "-"))["QueueUrl"]
            for name in _QUEUES
        }

    def serve(self, account: Any) -> None:
        for name, attribute in _QUEUES.items():
            setattr(account, attribute, _Undelayed(boto3.client("sqs"), self.urls[name]))

    def take(self, name: str) -> list[dict[str, Any]]:
        """Return what waits, as the records of an event."""
        taken: list[dict[str, Any]] = []
        while True:
            answer = self._client.receive_message(QueueUrl=self.urls[name], MaxNumberOfMessages=10)
            messages = answer.get("Messages", [])
            if not messages:
                return taken
            for message in messages:
                receipt = message["ReceiptHandle"]
                self._client.delete_message(QueueUrl=self.urls[name], ReceiptHandle=receipt)
                taken.append({"messageId": message["MessageId"], "body": message["Body"]})

    def clear(self) -> None:
        for name in self.urls:
            self.take(name)


class Mailbox:
    """The mail that was sent since the scene began."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._before = self._files()

    def clear(self) -> None:
        self._before = self._files()

    def tokens(self) -> dict[str, str]:
        """Return the token in the last mail to each address."""
        found = {}
        for path in sorted(self._files() - self._before):
            mail = message_from_bytes(path.read_bytes(), policy=default)
            body = mail.get_body(("plain",))
            assert body is not None
            found[str(mail["To"])] = token_of(body.get_content())
        return found

    def _files(self) -> set[Path]:
        return set(self._directory.glob("*.eml"))
