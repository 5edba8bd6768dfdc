"""Mails links to those who forgot their password."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from deepstory.config import settings
from deepstory.observability import logger
from deepstory.password_resets.entities import ResetRequest
from deepstory.services import Services
from workers.messages import take_each


@cache
def services() -> Services:
    return Services(settings())


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer each request; whether there was anybody to answer shows nowhere but in the mail."""
    logger().append_keys(request=context.aws_request_id)
    return take_each(event, _answer, done="answered")


def _answer(body: bytes) -> None:
    services().account.reset_sender.answer(msgspec.json.decode(body, type=ResetRequest))
