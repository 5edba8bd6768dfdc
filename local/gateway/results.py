"""Turns what the function returned into the answer that the gateway sends."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable
from typing import Any

from local.gateway.http import HttpAnswer, HttpRequest

LAMBDA_PAYLOAD_LIMIT = 6 * 1024 * 1024
_LARGE_ENOUGH_TO_MEASURE = 1024 * 1024
_OWNED_BY_THE_SERVER = frozenset(
    ("connection", "content-length", "date", "keep-alive", "server", "transfer-encoding", "upgrade")
)
_UNSAFE_IN_A_HEADER = re.compile(r"[\r\n\0]")


class MalformedResultError(Exception):
    """The function's result is not one that the gateway can send; it answers 502."""


def to_answer(result: Any, *, request: HttpRequest, binary_types: Iterable[str]) -> HttpAnswer:
    """Return the answer for a proxy integration's result.

    Raises
    ------
    MalformedResultError : shape, size or a header is not what the gateway accepts.
    """
    if not isinstance(result, dict) or not isinstance(result.get("statusCode"), int):
        raise MalformedResultError("statusCode is missing")
    body = result.get("body") or ""
    if not isinstance(body, str):
        raise MalformedResultError("body is not text")
    if len(body) > _LARGE_ENOUGH_TO_MEASURE and _payload_size(result) > LAMBDA_PAYLOAD_LIMIT:
        raise MalformedResultError("the result is over 6 MB")
    headers = _headers(result)
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("content-type", "application/json"))
    if result.get("isBase64Encoded") and _accepts_binary(request, binary_types):
        return HttpAnswer(result["statusCode"], headers, _decoded(body))
    return HttpAnswer(result["statusCode"], headers, body.encode(errors="replace"))


def _payload_size(result: dict[str, Any]) -> int:
    return len(json.dumps(result, ensure_ascii=False).encode(errors="replace"))


def _headers(result: dict[str, Any]) -> list[tuple[str, str]]:
    merged: dict[str, list[str]] = {}
    for name, values in (result.get("multiValueHeaders") or {}).items():
        merged.setdefault(name.lower(), []).extend(str(value) for value in values)
    for name, value in (result.get("headers") or {}).items():
        values = merged.setdefault(name.lower(), [])
        if str(value) not in values:
            values.append(str(value))
    pairs = [
        (name, value)
        for name, values in merged.items()
        if name not in _OWNED_BY_THE_SERVER
        for value in values
    ]
    if any(_UNSAFE_IN_A_HEADER.search(name + value) for name, value in pairs):
        raise MalformedResultError("a header has a line break")
    return pairs


def _accepts_binary(request: HttpRequest, binary_types: Iterable[str]) -> bool:
    """Whether the first media type of Accept is one of the API's binary types."""
    first = re.split("[,;]", request.header("accept") or "")[0].strip().lower()
    return first in binary_types or "*/*" in binary_types


def _decoded(body: str) -> bytes:
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise MalformedResultError("body is not base64") from error
