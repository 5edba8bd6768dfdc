from __future__ import annotations

from chalicelib.schemas.common import View
from chalicelib.validation import Input
from deepstory.model_server.control import ModelReport
from deepstory.model_server.entities import Mode, State


class SetModelMode(Input):
    mode: Mode


class ModelServerView(View, omit_defaults=True):
    """``eta_seconds`` is that of a picture asked for now; absent while nobody knows."""

    mode: Mode
    state: State
    instances: int
    queue_length: int
    oldest_wait_seconds: int
    eta_seconds: int | None = None


def model_server_view(report: ModelReport) -> ModelServerView:
    return ModelServerView(
        mode=report.mode,
        state=report.state,
        instances=report.instances,
        queue_length=report.queue_length,
        oldest_wait_seconds=report.oldest_wait_seconds,
        eta_seconds=report.eta_seconds,
    )
