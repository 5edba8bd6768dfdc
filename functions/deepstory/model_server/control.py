"""Switching the model server through the Lambda that alone may."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from deepstory.model_server.cost import CostReport
from deepstory.model_server.entities import Mode, State
from deepstory.model_server.errors import ModelServerBusyError
from deepstory.model_server.schedule import Occurrence
from deepstory.model_server.schedules import ScheduleOrder, ShownSchedule

_RETRY_SECONDS = 5


class ModelReport(msgspec.Struct, frozen=True, kw_only=True):
    """How the model server does; ``eta_seconds`` is that of a picture asked for now.

    ``effective_mode`` differs from ``mode`` while a window of the schedule is open.
    """

    mode: Mode
    effective_mode: Mode
    window: Occurrence | None
    state: State
    instances: int
    queue_length: int
    oldest_wait_seconds: int
    eta_seconds: int | None
    cost: CostReport


class ModelControl(Protocol):
    """Every method raises ModelServerBusyError."""

    def describe(self) -> ModelReport: ...

    def set_mode(self, *, mode: Mode, actor: str) -> ModelReport: ...

    def set_schedule(self, *, order: ScheduleOrder, actor: str) -> ShownSchedule: ...

    def tend(self) -> ModelReport: ...


class LambdaModelControl:
    def __init__(self, client: Any, function_name: str) -> None:
        self._client = client
        self._function_name = function_name

    def describe(self) -> ModelReport:
        return self._report({"action": "describe"})

    def set_mode(self, *, mode: Mode, actor: str) -> ModelReport:
        return self._report({"action": "set_mode", "mode": mode, "actor": actor})

    def set_schedule(self, *, order: ScheduleOrder, actor: str) -> ShownSchedule:
        answer = self._ask({"action": "set_schedule", "order": order, "actor": actor})
        return msgspec.json.decode(answer, type=ShownSchedule)

    def tend(self) -> ModelReport:
        return self._report({"action": "tend"})

    def _report(self, request: dict[str, Any]) -> ModelReport:
        return msgspec.json.decode(self._ask(request), type=ModelReport)

    def _ask(self, request: dict[str, Any]) -> bytes:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._client.invoke(
                FunctionName=self._function_name, Payload=msgspec.json.encode(request)
            )
        except (BotoCoreError, ClientError) as error:
            raise ModelServerBusyError(retry_after=_RETRY_SECONDS) from error
        payload: bytes = answer["Payload"].read()
        if "FunctionError" in answer:
            # Its own log holds the reason.
            raise ModelServerBusyError(retry_after=_RETRY_SECONDS)
        return payload
