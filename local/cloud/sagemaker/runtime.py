"""InvokeEndpointAsync: checks a request, keeps it, and answers where its result will be."""

import json
import re
import time
from collections.abc import Mapping
from uuid import uuid4

from local.cloud.sagemaker.errors import ApiError, InvocationError, rest_error
from local.cloud.sagemaker.fleet import Fleet
from local.cloud.sagemaker.jobs import Request
from local.cloud.sagemaker.scope import Scope
from local.cloud.sagemaker.store import Record
from local.cloud.seams import Response

_PATH = re.compile(r"/endpoints/([^/]+)/(async-invocations|invocations)")
_BODY_LIMIT = 128_000
_TTL = (60, 21_600, 21_600)
_TIMEOUT = (1, 3_600, 900)
_PREFIX = "x-amzn-sagemaker-"


async def handle(
    fleet: Fleet, method: str, path: str, headers: Mapping[str, str], body: bytes
) -> Response:
    """Answer a request to the runtime."""
    try:
        match = _PATH.fullmatch(path)
        if match is None or method != "POST":
            raise InvocationError(f"{method} {path} is not an operation of this runtime")
        scope = Scope.current()
        endpoint = _endpoint(fleet, scope, match[1])
        if match[2] == "invocations":
            raise InvocationError(
                f"Endpoint {match[1]} is an asynchronous endpoint: use InvokeEndpointAsync."
            )
        request = parse(scope.key(match[1]), endpoint, headers, body, time.time())
    except ApiError as error:
        return rest_error(error)
    await fleet.queue.add(request)
    fleet.wake(request.endpoint)
    answer = {
        "Content-Type": "application/json",
        "X-Amzn-SageMaker-OutputLocation": request.output_location,
    }
    if request.failure_location:
        answer["X-Amzn-SageMaker-FailureLocation"] = request.failure_location
    return 202, answer, json.dumps({"InferenceId": request.inference_id}).encode()


def parse(
    key: str, endpoint: Record, headers: Mapping[str, str], body: bytes, now: float
) -> Request:
    """Return the request if it is one that SageMaker would accept."""
    given = {
        name[len(_PREFIX) :]: value
        for name, value in ((name.lower(), value) for name, value in headers.items())
        if name.startswith(_PREFIX)
    }
    location = given.get("inputlocation")
    _check_input(location, body)
    for name in ("content-type", "accept", "custom-attributes"):
        if not given.get(name, "").isascii() or len(given.get(name, "")) > 1024:
            raise InvocationError(f"{name} must be at most 1024 ASCII characters")
    inference_id = given.get("inference-id") or str(uuid4())
    if len(inference_id) > 64 or not inference_id.isprintable() or inference_id[0] == " ":
        raise InvocationError("InferenceId must be 1 to 64 printable characters")
    output = endpoint["async"]["OutputConfig"]
    name = str(uuid4())
    failure_path = output.get("S3FailurePath")
    return Request(
        endpoint=key,
        inference_id=inference_id,
        received_at=now,
        expires_at=now + _number(given, "requestttlseconds", _TTL),
        timeout=_number(given, "invocationtimeoutseconds", _TIMEOUT),
        content_type=given.get("content-type"),
        accept=given.get("accept"),
        custom_attributes=given.get("custom-attributes"),
        body=body,
        input_location=location,
        output_location=f"{output['S3OutputPath'].rstrip('/')}/{name}.out",
        failure_location=f"{failure_path.rstrip('/')}/{name}-error.out" if failure_path else None,
    )


def _check_input(location: str | None, body: bytes) -> None:
    if (location is None) == (not body):
        raise InvocationError("Exactly one of InputLocation and Body must be given")
    if len(body) > _BODY_LIMIT:
        raise InvocationError(f"Body must have length less than or equal to {_BODY_LIMIT}")
    if location is not None and not re.fullmatch(r"s3://[^/]+/.+", location):
        raise InvocationError(f"Invalid InputLocation: {location}")


def _number(given: Mapping[str, str], name: str, bounds: tuple[int, int, int]) -> int:
    least, most, default = bounds
    text = given.get(name, str(default))
    if not text.isdecimal() or not least <= int(text) <= most:
        raise InvocationError(f"{name} must be between {least} and {most}")
    return int(text)


def _endpoint(fleet: Fleet, scope: Scope, name: str) -> Record:
    key = scope.key(name)
    endpoint = fleet.endpoints.get(key)
    if endpoint is None or (not endpoint["was_ready"] and fleet.capacity(key).failure):
        raise InvocationError(f"Endpoint {name} of account {scope.account} not found.")
    return endpoint
