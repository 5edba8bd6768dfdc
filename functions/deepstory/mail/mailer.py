"""Sending mail."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

SENDER_NAME = "Deep-Story"


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one person; ``text`` and ``html`` say the same."""

    to: str
    subject: str
    text: str
    html: str


class Mailer(Protocol):
    def send(self, mail: Mail) -> None:
        """Hand the mail over for delivery; whatever raises, it was not handed over."""


class SesMailer:
    def __init__(self, client: Any, sender: str) -> None:
        """``sender`` is an address that SES has verified as ours."""
        self._client = client
        self._sender = sender

    def send(self, mail: Mail) -> None:
        self._client.send_email(
            FromEmailAddress=f"{SENDER_NAME} <{self._sender}>",
            Destination={"ToAddresses": [mail.to]},
            Content={
                "Simple": {
                    "Subject": _utf8(mail.subject),
                    "Body": {"Text": _utf8(mail.text), "Html": _utf8(mail.html)},
                }
            },
        )


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
