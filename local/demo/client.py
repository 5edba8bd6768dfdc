"""A small client of the REST contract."""

from __future__ import annotations

import json
import uuid
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

_TIMEOUT_SECONDS = 60.0
# The service is on this machine; a proxy of the environment has no part in it.
_OPENER = build_opener(ProxyHandler({}))


class DemoError(Exception):
    """One line for a person: what went wrong and what to do."""


class Client:
    """Calls one service, as nobody or as the person whose token it holds."""

    def __init__(self, url: str, access_token: str | None = None) -> None:
        self.url = url
        self._token = access_token

    def call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        query: dict[str, str] | None = None,
    ) -> Any:
        """Return the JSON answer; DemoError with the service's own words when it refuses."""
        target = f"{self.url}/api/v1{path}" + (f"?{urlencode(query)}" if query else "")
        request = Request(target, method=method, headers={"Accept": "application/json"})  # noqa: S310  # http to this machine
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if method == "POST":
            request.add_header("Idempotency-Key", str(uuid.uuid4()))
        content, _ = _fetch(request, f"{method} {path}")
        return json.loads(content) if content else None


def download(url: str) -> tuple[bytes, str]:
    """Return what lies at a presigned URL, and its media type."""
    return _fetch(Request(url), "The picture's address")  # noqa: S310  # the service's own URL


def _fetch(request: Request, what: str) -> tuple[bytes, str]:
    try:
        with _OPENER.open(request, timeout=_TIMEOUT_SECONDS) as answer:
            return answer.read(), answer.headers.get_content_type()
    except HTTPError as error:
        raise DemoError(f"{what} answered {error.code}: {_message(error)}") from error
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise DemoError(f"{what} did not answer: {reason}") from error


def _message(error: HTTPError) -> str:
    content = error.read().decode(errors="replace")
    try:
        told = json.loads(content)["error"]
    except (ValueError, KeyError, TypeError):
        return content[:200]
    return " ".join([told["message"], *(f"{k}: {v}." for k, v in told.get("fields", {}).items())])
