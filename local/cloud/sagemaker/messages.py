"""The SNS messages and failure texts of asynchronous inference, in SageMaker's own shape."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.cloud.sagemaker.jobs import Request
from local.cloud.sagemaker.scope import Scope, name_of
from local.cloud.sagemaker.store import Record

_INCLUDED_BODY_LIMIT = 128 * 1024
_QUOTED_BODY_LIMIT = 1024
_SEE_LOGS = "See the SageMaker Endpoint logs in your account for more information."


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an invocation ended: a failure has a reason, and a body when the container sent one."""

    failure_reason: str | None
    content_type: str = ""
    body: bytes = b""


def model_failure(status: int, body: bytes, content_type: str = "") -> Outcome:
    """Return the outcome of an answer that is not 2xx; status 0 means that there was none."""
    side = "client" if 400 <= status < 500 else "server"
    quoted = body[:_QUOTED_BODY_LIMIT].decode(errors="replace")
    reason = (
        f"ClientError: Received {side} error ({status}) from primary "
        f'with message "{quoted}". {_SEE_LOGS}'
    )
    return Outcome(reason, content_type, body)


def no_answer() -> Outcome:
    """Return the outcome of an invocation whose container died or took too long."""
    return model_failure(
        0, b"Your invocation timed out while waiting for a response from container primary."
    )


def expired() -> Outcome:
    """Return the outcome of a request that waited longer than its RequestTTLSeconds."""
    return Outcome("ClientError: The request expired in the queue before it was processed.")


def inference_result(
    request: Request, outcome: Outcome, at: float, response_included: bool
) -> dict[str, Any]:
    """Return the message about a processed request."""
    failed = outcome.failure_reason is not None
    location = request.failure_location if failed else request.output_location
    message = {
        "awsRegion": Scope.of(request.endpoint).region,
        "eventTime": timestamp(at),
        "receivedTime": timestamp(request.received_at),
        "invocationStatus": "Failed" if failed else "Completed",
        "failureReason": outcome.failure_reason,
        "requestParameters": _present(
            accept=request.accept,
            contentType=request.content_type,
            customAttributes=request.custom_attributes,
            endpointName=name_of(request.endpoint),
            inputLocation=request.input_location,
        ),
        "responseParameters": _present(
            contentType=outcome.content_type or None,
            **{"failureLocation" if failed else "outputLocation": location},
        ),
        "responseBody": _response_body(outcome.body) if response_included else None,
        "inferenceId": request.inference_id,
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
    }
    return _present(**message)


def test_notification(endpoint: Record, at: float) -> dict[str, Any]:
    """Return the message that proves, after a deployment, that a topic can be published to."""
    return {
        "awsRegion": Scope.of(endpoint["key"]).region,
        "eventTime": timestamp(at),
        "requestParameters": {"endpointName": name_of(endpoint["key"])},
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "TestNotification",
    }


def encode(message: dict[str, Any]) -> str:
    return json.dumps(message, separators=(",", ":"))


def timestamp(at: float) -> str:
    """Return the time as SageMaker writes it in messages."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def _response_body(body: bytes) -> dict[str, str] | None:
    if len(body) > _INCLUDED_BODY_LIMIT:
        return None
    return {
        "content": base64.b64encode(body).decode(),
        "message": "Check S3 path location(if configured) or Cloudwatch for additional details.",
        "encoding": "BASE64",
    }


def _present(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
