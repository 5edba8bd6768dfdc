"""Our API as it is deployed, over in-memory stores."""

from __future__ import annotations

from typing import Any

from app import app
from benchmarks.contenders import Handler, World
from chalicelib import runtime


def build(world: World) -> Handler:
    def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
        answer: dict[str, Any] = app(event, context)
        return answer

    runtime.Services = lambda settings: world.services  # type: ignore[assignment, misc]  # replaced for the measuring
    runtime.services.cache_clear()
    return handle
