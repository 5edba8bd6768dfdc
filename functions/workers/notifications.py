"""SageMaker's messages about asynchronous requests, and what their failures mean."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from datetime import datetime
from typing import Any

import msgspec

from deepstory.pictures.faults import MODEL_FAILED, TOO_BUSY, Fault, own_fault

# Of the text that SageMaker writes for an answer that is not 2xx; 0 stands for no answer.
_STATUS = re.compile(r"Received (?:client|server) error \((\d+)\)")
_EXPIRED = re.compile(r"\bexpired?\b", re.IGNORECASE)
# Statuses that say "not now" and not "not this".
_BUSY = frozenset({408, 425, 429, 503})
_TEXT_LIMIT = 300


class ResponseParameters(msgspec.Struct, rename="camel"):
    output_location: str = ""
    failure_location: str = ""


class ResponseBody(msgspec.Struct):
    """Base 64 of what the container answered; there if the topic is set up for it."""

    content: str = ""


class Notification(msgspec.Struct, rename="camel", kw_only=True):
    """What SageMaker publishes of one request; test messages have no id and no times."""

    event_name: str
    event_time: datetime
    received_time: datetime | None = None
    invocation_status: str = ""
    inference_id: str = ""
    failure_reason: str = ""
    response_parameters: ResponseParameters = msgspec.field(default_factory=ResponseParameters)
    response_body: ResponseBody | None = None

    @property
    def is_completed(self) -> bool:
        return self.invocation_status == "Completed"

    @property
    def received_at(self) -> datetime:
        return self.received_time or self.event_time


def parse(message: str) -> Notification | None:
    """Return the notification; None if the message is something else."""
    try:
        return msgspec.json.decode(message, type=Notification)
    except msgspec.DecodeError:
        return None


def fault_of(notification: Notification) -> Fault:
    """Return what a failed request says about the picture and about trying again."""
    reason = notification.failure_reason
    match = _STATUS.search(reason)
    status = int(match[1]) if match else 0
    if status in _BUSY or (match is None and _EXPIRED.search(reason)):
        return TOO_BUSY
    if 400 <= status < 500:
        code, message = _told(notification)
        return own_fault(code, message)
    return MODEL_FAILED


def _told(notification: Notification) -> tuple[str, str]:
    """Return the container's own code and message, which are written for people to read."""
    body = notification.response_body
    text = b64decode(body.content).decode(errors="replace") if body else notification.failure_reason
    start = text.find('{"error"')
    try:
        error: Any = json.JSONDecoder().raw_decode(text[start:])[0]["error"]
        return str(error["code"])[:_TEXT_LIMIT], str(error["message"])[:_TEXT_LIMIT]
    except (ValueError, KeyError, TypeError):
        return "refused", "The model server refused this picture."
