"""Switching the model server through the Lambda that alone may."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from deepstory.model_server.entities import Mode, State
from deepstory.model_server.errors import ModelServerBusyError


class ModelReport(msgspec.Struct, frozen=True, kw_only=True):
    """How the model server does; ``eta_seconds`` is that of a picture asked for now."""

    mode: Mode
    state: State
    instances: int
    queue_length: int
    oldest_wait_seconds: int
    eta_seconds: int | None


class ModelControl(Protocol):
    def describe(self) -> ModelReport:
        """Raises ModelServerBusyError."""

    def set_mode(self, *, mode: Mode, actor: str) -> ModelReport:
        """Raises ModelServerBusyError."""


class LambdaModelControl:
    def __init__(self, client: Any, function_name: str) -> None:
        self._client = client
        self._function_name = function_name

    def describe(self) -> ModelReport:
        return self._ask({"action": "describe"})

    def set_mode(self, *, mode: Mode, actor: str) -> ModelReport:
        return self._ask({"action": "set_mode", "mode": mode, "actor": actor})

    def _ask(self, request: dict[str, str]) -> ModelReport:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._client.invoke(
                FunctionName=self._function_name, Payload=msgspec.json.encode(request)
            )
        except (BotoCoreError, ClientError) as error:
            raise ModelServerBusyError(retry_after=5) from error
        payload = answer["Payload"].read()
        if "FunctionError" in answer:
            # Its own log holds the reason.
            raise ModelServerBusyError(retry_after=5)
        return msgspec.json.decode(payload, type=ModelReport)
