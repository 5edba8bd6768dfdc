"""Builds the Lambda proxy event (REST API, payload version 1.0) of a request."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, unquote

from local.gateway.http import HttpRequest
from local.gateway.routing import Match

STAGE = "api"
_ACCOUNT_ID = "000000000000"
_API_ID = "local"
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class MalformedRequestError(Exception):
    """A percent escape in the path or the query is broken or is not UTF-8."""


def proxy_event(
    request: HttpRequest,
    *,
    match: Match,
    path: str,
    request_id: str,
    binary_types: Iterable[str],
) -> dict[str, Any]:
    """Return the event for a request whose ``path`` has lost its stage.

    Raises
    ------
    MalformedRequestError : the path or the query cannot be decoded.
    """
    headers = _multi_value(request, request_id)
    query = _query(request.query)
    parameters = {name: _decode(value) for name, value in match.parameters.items()}
    body, is_base64 = _body(request, binary_types)
    return {
        "resource": match.resource,
        "path": _decode(path),
        "httpMethod": request.method,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": parameters or None,
        "stageVariables": None,
        "requestContext": _request_context(request, match, request_id),
        "body": body,
        "isBase64Encoded": is_base64,
    }


def _decode(text: str) -> str:
    if _BAD_ESCAPE.search(text):
        raise MalformedRequestError
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise MalformedRequestError from None


def _query(query: str) -> dict[str, list[str]]:
    if _BAD_ESCAPE.search(query):
        raise MalformedRequestError
    values: dict[str, list[str]] = {}
    try:
        for name, value in parse_qsl(query, keep_blank_values=True, errors="strict"):
            values.setdefault(name, []).append(value)
    except UnicodeDecodeError:
        raise MalformedRequestError from None
    return values


def _multi_value(request: HttpRequest, request_id: str) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for name, value in request.headers:
        headers.setdefault(name, []).append(value)
    forwarded = [*headers.pop("x-forwarded-for", []), request.client]
    return headers | {
        "X-Forwarded-For": [", ".join(forwarded)],
        "X-Forwarded-Port": [request.port],
        "X-Forwarded-Proto": [request.scheme],
        "X-Amzn-Trace-Id": [f"Root=1-{int(time.time()):08x}-{request_id.replace('-', '')[:24]}"],
    }


def _body(request: HttpRequest, binary_types: Iterable[str]) -> tuple[str | None, bool]:
    if not request.body:
        return None, False
    content_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
    if content_type in binary_types:
        return base64.b64encode(request.body).decode(), True
    # The gateway passes text on as a JSON string, so bytes that are no text are lost there too.
    return request.body.decode(errors="replace"), False


def _request_context(request: HttpRequest, match: Match, request_id: str) -> dict[str, Any]:
    now = time.time()
    return {
        "accountId": _ACCOUNT_ID,
        "apiId": _API_ID,
        "stage": STAGE,
        "resourceId": match.resource,
        "resourcePath": match.resource,
        "path": request.path,
        "httpMethod": request.method,
        "protocol": "HTTP/1.1",
        "requestId": request_id,
        "extendedRequestId": request_id,
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "requestTimeEpoch": int(now * 1000),
        "domainName": request.header("host") or "",
        "identity": {
            "sourceIp": request.client,
            "userAgent": request.header("user-agent"),
            "accountId": None,
            "apiKey": None,
            "caller": None,
            "user": None,
            "userArn": None,
        },
    }
