from __future__ import annotations

from deepstory.errors import UnavailableError


class ModelServerBusyError(UnavailableError):
    code = "model_server_busy"
    default_message = "The model server could not be switched or asked now. Try again in a moment."
