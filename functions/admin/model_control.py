"""Switches the model server and tells its state, for the API.

It is the only Lambda whose role may scale, so that no fault in a route can spend money on GPUs.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from deepstory.config import settings
from deepstory.model_server.control import ModelReport
from deepstory.model_server.entities import Mode
from deepstory.observability import logger, pseudonym
from deepstory.services import Services


class Describe(msgspec.Struct, tag_field="action", tag="describe"):
    pass


class SetMode(msgspec.Struct, tag_field="action", tag="set_mode"):
    """``actor`` is the id of the administrator who asked for it."""

    mode: Mode
    actor: str


@cache
def services() -> Services:
    return Services(settings())


def handler(event: Mapping[str, Any], context: Any) -> Any:
    """Carry out one action and return the server's report; unknown actions raise."""
    logger().append_keys(request=context.aws_request_id)
    report = _carry_out(msgspec.convert(event, Describe | SetMode))
    return msgspec.to_builtins(report)


def _carry_out(action: Describe | SetMode) -> ModelReport:
    if isinstance(action, Describe):
        return services().model_operations.describe()
    by = pseudonym(action.actor)
    logger().info("mode set", extra={"mode": action.mode, "actor": by})
    return services().model_operations.set_mode(mode=action.mode, actor=action.actor)
