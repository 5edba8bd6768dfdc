"""The model server's switch and its weekly schedule."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.calls import Call
from chalicelib.endpoints import Endpoints
from chalicelib.runtime import services
from chalicelib.schemas.model_schedule import (
    ModelScheduleView,
    SetModelSchedule,
    model_schedule_view,
)
from chalicelib.schemas.model_server import ModelServerView, SetModelMode, model_server_view
from chalicelib.validation import Nothing

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="admin")


@endpoints.add("GET", "/admin/model", returns=ModelServerView)
def get_model_server(call: Call[Nothing, Nothing]) -> ModelServerView:
    """Return how the model server and its queue do, and what it costs."""
    return model_server_view(services().model_control.describe())


@endpoints.add("PUT", "/admin/model", body=SetModelMode, returns=ModelServerView)
def set_model_mode(call: Call[SetModelMode, Nothing]) -> ModelServerView:
    """Switch the model server off, on, or to waking on demand.

    While a window of the schedule is open, off holds until the next one opens; the others take
    effect when it closes.
    """
    report = services().model_control.set_mode(mode=call.body.mode, actor=call.user_id)
    return model_server_view(report)


@endpoints.add("GET", "/admin/model/schedule", returns=ModelScheduleView)
def get_model_schedule(call: Call[Nothing, Nothing]) -> ModelScheduleView:
    """Return when in the week the model server is kept on."""
    return model_schedule_view(services().model_schedules.show())


@endpoints.add("PUT", "/admin/model/schedule", body=SetModelSchedule, returns=ModelScheduleView)
def set_model_schedule(call: Call[SetModelSchedule, Nothing]) -> ModelScheduleView:
    """Change when in the week the model server is kept on, and when an idle one is stopped."""
    shown = services().model_control.set_schedule(order=call.body.order(), actor=call.user_id)
    return model_schedule_view(shown)
