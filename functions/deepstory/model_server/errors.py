from __future__ import annotations

from deepstory.errors import ConflictError, UnavailableError


class ModelServerBusyError(UnavailableError):
    code = "model_server_busy"
    default_message = "The model server could not be switched or asked now. Try again in a moment."


class NoModelServerError(ConflictError):
    code = "no_model_server"
    default_message = (
        "This deployment has no model server. Pictures wait until it is deployed with one."
    )
