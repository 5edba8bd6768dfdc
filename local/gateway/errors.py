"""The answers that the gateway gives by itself, in the contract's error shape.

The CDK app gives the deployed REST API the same texts as gateway responses.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from local.gateway.http import HttpAnswer


@dataclass(frozen=True, slots=True)
class GatewayError:
    """One refusal or failure that never reaches, or comes after, the function."""

    status: int
    code: str
    message: str
    retry_after: int | None = None

    def answer(self, request_id: str) -> HttpAnswer:
        """Build the answer; browsers of other origins may read it."""
        error = {"code": self.code, "message": self.message, "request_id": request_id}
        headers = [("content-type", "application/json"), ("access-control-allow-origin", "*")]
        if self.retry_after is not None:
            headers.append(("retry-after", str(self.retry_after)))
        return HttpAnswer(self.status, headers, json.dumps({"error": error}).encode())


BAD_REQUEST = GatewayError(400, "bad_request", "The request could not be understood.")
NOT_FOUND = GatewayError(404, "not_found", "There is nothing here.")
TOO_SLOW = GatewayError(408, "request_timeout", "The request took too long to arrive.")
TOO_LARGE = GatewayError(413, "payload_too_large", "The request is too large.")
HEADERS_TOO_LARGE = GatewayError(431, "headers_too_large", "The headers are too large.")
FUNCTION_FAILED = GatewayError(502, "internal_error", "Something went wrong.")
FUNCTION_TIMED_OUT = GatewayError(
    503, "unavailable", "The service is busy. Try again in a moment.", retry_after=1
)
