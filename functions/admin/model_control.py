"""Switches the model server and tells its state, for the API and for the clock.

It is the only Lambda whose role may scale, so that no fault in a route can spend money on GPUs.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from deepstory.config import settings
from deepstory.model_server.entities import Mode
from deepstory.model_server.operations import ModelOperations
from deepstory.model_server.schedules import ScheduleOrder
from deepstory.observability import logger, pseudonym
from deepstory.services import Services


class Describe(msgspec.Struct, tag_field="action", tag="describe"):
    pass


class SetMode(msgspec.Struct, tag_field="action", tag="set_mode"):
    """``actor`` is the id of the administrator who asked for it."""

    mode: Mode
    actor: str


class SetSchedule(msgspec.Struct, tag_field="action", tag="set_schedule"):
    """``actor`` is the id of the administrator who asked for it."""

    order: ScheduleOrder
    actor: str


class Tend(msgspec.Struct, tag_field="action", tag="tend"):
    """What the clock asks for every minute."""


Action = Describe | SetMode | SetSchedule | Tend


@cache
def services() -> Services:
    return Services(settings())


def handler(event: Mapping[str, Any], context: Any) -> Any:
    """Carry out one action and return its report; unknown actions raise."""
    logger().append_keys(request=context.aws_request_id)
    return msgspec.to_builtins(
        carry_out(services().model_operations, msgspec.convert(event, Action))
    )


def carry_out(operations: ModelOperations, action: Action) -> Any:
    match action:
        case Describe():
            return operations.describe()
        case Tend():
            return operations.tend()
        case SetMode(mode=mode, actor=actor):
            logger().info("mode set", extra={"mode": mode, "actor": pseudonym(actor)})
            return operations.set_mode(mode=mode, actor=actor)
        case SetSchedule(order=order, actor=actor):
            logger().info("schedule set", extra={"actor": pseudonym(actor)})
            return operations.set_schedule(order=order, actor=actor)
