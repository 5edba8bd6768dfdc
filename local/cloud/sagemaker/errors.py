"""Refusals, as the two SageMaker APIs word and encode them."""

import json
from typing import Any, ClassVar

from local.cloud.seams import Response


class ApiError(Exception):
    """A request is refused; the class says with which code and status."""

    code: ClassVar[str] = "ValidationException"
    status: ClassVar[int] = 400

    @property
    def message(self) -> str:
        return str(self.args[0])


class UnknownOperationError(ApiError):
    code = "UnknownOperationException"


class InvocationError(ApiError):
    """A request to the runtime is refused."""

    code = "ValidationError"


def json_response(document: dict[str, Any], status: int = 200) -> Response:
    """Return an answer of a JSON 1.1 service."""
    headers = {"Content-Type": "application/x-amz-json-1.1"}
    return status, headers, json.dumps(document).encode()


def json_error(error: ApiError) -> Response:
    """Return a refusal of a JSON 1.1 service."""
    return json_response({"__type": error.code, "message": error.message}, error.status)


def rest_error(error: ApiError) -> Response:
    """Return a refusal of a REST-JSON service, which the runtime is."""
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": error.code}
    body = {"ErrorCode": error.code, "Message": error.message}
    return error.status, headers, json.dumps(body).encode()
