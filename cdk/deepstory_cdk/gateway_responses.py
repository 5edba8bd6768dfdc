"""What API Gateway answers by itself, in the error shape of the contract.

They are part of the API's definition and not resources of their own, because a changed resource
would take effect only at the next deployment of the stage.
"""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class GatewayResponse:
    """One answer; ``status`` None keeps the one that API Gateway chose."""

    status: int | None
    code: str
    message: str
    retry_after: int | None = None


RESPONSES = {
    "MISSING_AUTHENTICATION_TOKEN": GatewayResponse(404, "not_found", "There is nothing here."),
    "RESOURCE_NOT_FOUND": GatewayResponse(404, "not_found", "There is nothing here."),
    "REQUEST_TOO_LARGE": GatewayResponse(413, "payload_too_large", "The request is too large."),
    "BAD_REQUEST_BODY": GatewayResponse(400, "bad_request", "The body could not be read."),
    "BAD_REQUEST_PARAMETERS": GatewayResponse(
        400, "bad_request", "The parameters could not be read."
    ),
    "UNSUPPORTED_MEDIA_TYPE": GatewayResponse(
        415, "unsupported_media_type", "Send JSON with Content-Type: application/json."
    ),
    "THROTTLED": GatewayResponse(
        429, "too_many_requests", "Too many requests. Wait a moment and try again.", retry_after=1
    ),
    "QUOTA_EXCEEDED": GatewayResponse(
        429, "too_many_requests", "Too many requests. Try again later.", retry_after=3600
    ),
    "INTEGRATION_TIMEOUT": GatewayResponse(
        503, "unavailable", "The service is busy. Try again in a moment.", retry_after=1
    ),
    "INTEGRATION_FAILURE": GatewayResponse(
        503, "unavailable", "The service is busy. Try again in a moment.", retry_after=1
    ),
    "WAF_FILTERED": GatewayResponse(403, "forbidden", "This request is not allowed."),
    "DEFAULT_4XX": GatewayResponse(None, "bad_request", "The request could not be understood."),
    "DEFAULT_5XX": GatewayResponse(None, "internal_error", "Something went wrong."),
}


def definitions() -> dict[str, dict[str, object]]:
    """Return the value of ``x-amazon-apigateway-gateway-responses``."""
    return {name: _definition(response) for name, response in RESPONSES.items()}


def _definition(response: GatewayResponse) -> dict[str, object]:
    headers = {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}
    if response.retry_after is not None:
        headers["gatewayresponse.header.Retry-After"] = f"'{response.retry_after}'"
    error = {
        "code": response.code,
        "message": response.message,
        "request_id": "$context.requestId",
    }
    definition: dict[str, object] = {
        "responseParameters": headers,
        "responseTemplates": {"application/json": json.dumps({"error": error})},
    }
    if response.status is not None:
        definition["statusCode"] = str(response.status)
    return definition
