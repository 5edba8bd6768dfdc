"""The model server's switch."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.calls import Call
from chalicelib.endpoints import Endpoints
from chalicelib.runtime import services
from chalicelib.schemas.model_server import ModelServerView, SetModelMode, model_server_view
from chalicelib.validation import Nothing

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="admin")


@endpoints.add("GET", "/admin/model", returns=ModelServerView)
def get_model_server(call: Call[Nothing, Nothing]) -> ModelServerView:
    """Return how the model server and its queue do."""
    return model_server_view(services().model_control.describe())


@endpoints.add("PUT", "/admin/model", body=SetModelMode, returns=ModelServerView)
def set_model_mode(call: Call[SetModelMode, Nothing]) -> ModelServerView:
    """Switch the model server off, on, or to waking on demand."""
    report = services().model_control.set_mode(mode=call.body.mode, actor=call.user_id)
    return model_server_view(report)
