"""From results and errors to HTTP answers, in one place."""

from __future__ import annotations

from typing import Any

import msgspec
from chalice.app import Response
from pynamodb.exceptions import PynamoDBException

from deepstory.errors import DeepStoryError, UnavailableError
from deepstory.observability import logger

JSON_HEADERS = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}

_encode = msgspec.json.Encoder().encode

# What DynamoDB says when it is busy or out of reach; everything else is our own mistake.
_TRANSIENT = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
    }
)


class ErrorDetail(msgspec.Struct, kw_only=True, omit_defaults=True):
    code: str
    message: str
    fields: dict[str, str] | None = None
    request_id: str


class ErrorBody(msgspec.Struct):
    error: ErrorDetail


def encode(body: Any) -> str:
    return _encode(body).decode()


def json_response(body: str, *, status: int, headers: dict[str, Any] | None = None) -> Response:
    return Response(body, status_code=status, headers={**JSON_HEADERS, **(headers or {})})


def error_response(error: DeepStoryError, *, request_id: str) -> Response:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return plain_error(
        status=error.status,
        code=error.code,
        message=error.message,
        fields=error.fields,
        request_id=request_id,
        headers=headers,
    )


def plain_error(
    *,
    status: int,
    code: str,
    message: str,
    request_id: str,
    fields: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    detail = ErrorDetail(code=code, message=message, fields=fields, request_id=request_id)
    return json_response(encode(ErrorBody(detail)), status=status, headers=headers)


def unexpected_error_response(error: Exception, *, request_id: str) -> Response:
    """Answer for what is not one of our errors: busy stores are 503, mistakes are 500."""
    if is_transient(error):
        logger().warning("dependency unavailable", exc_info=error, extra={"request": request_id})
        return error_response(UnavailableError(retry_after=2), request_id=request_id)
    logger().error("unexpected error", exc_info=error, extra={"request": request_id})
    return plain_error(
        status=500,
        code="internal_error",
        message="Something went wrong on our side. It has been noted.",
        request_id=request_id,
    )


def is_transient(error: BaseException) -> bool:
    """Tell whether a dependency was busy or out of reach, so that a repetition may succeed."""
    from botocore.exceptions import ClientError, HTTPClientError
    from botocore.exceptions import ConnectionError as BotocoreConnectionError

    if isinstance(error, PynamoDBException):
        if error.cause_response_code in _TRANSIENT:
            return True
        return error.cause is not None and is_transient(error.cause)
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code") in _TRANSIENT
    return isinstance(error, (HTTPClientError, BotocoreConnectionError))
