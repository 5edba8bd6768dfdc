"""The control Lambda and the endpoint of a scene: the first is the real one, called in place."""

from __future__ import annotations

from io import BytesIO
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import msgspec

from admin import model_control
from deepstory.model_server.entities import Mode
from fakes.model_server import FakeHost, seen

_CONTEXT = SimpleNamespace(aws_request_id="request-of-control")


class ControlLambda:
    """Takes a call as Lambda's client does; what the function raises is told and no more."""

    def __init__(self, services: Any) -> None:
        self._services = services

    def invoke(self, **call: Any) -> dict[str, Any]:
        event = msgspec.json.decode(call["Payload"])
        with patch.object(model_control, "services", lambda: self._services):
            try:
                answer = model_control.handler(event, _CONTEXT)
            except Exception as error:
                told = msgspec.json.encode({"errorType": type(error).__name__})
                return {"FunctionError": "Unhandled", "Payload": BytesIO(told)}
        return {"Payload": BytesIO(msgspec.json.encode(answer))}


class SceneHost(FakeHost):
    """An endpoint that runs, and does at once what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.observation = seen("ready", 1)

    def scale(self, mode: Mode) -> None:
        super().scale(mode)
        if mode != "auto":
            self.observation = seen("off") if mode == "off" else seen("ready", 1)
