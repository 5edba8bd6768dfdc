"""Reads HTTP requests and hands them, complete, to the gateway.

Bodies arrive concurrently, so that a slow upload holds up nobody; the function itself then runs
in the event loop's own thread, one request at a time (see ``Gateway``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from local.gateway import errors, site
from local.gateway.gateway import STAGE_PREFIX, Gateway
from local.gateway.http import HttpAnswer, HttpRequest
from local.gateway.mailbox import Mailbox

HEAD_LIMIT = 10_240
BODY_LIMIT = 10 * 1024 * 1024
_DRAIN_LIMIT = 64 * 1024 * 1024
_UPLOAD_SECONDS = 30.0

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class _BodyTooLargeError(Exception):
    pass


class _DisconnectedError(Exception):
    pass


class Application:
    """The ASGI application of one worker process."""

    def __init__(
        self,
        gateway: Gateway,
        *,
        mailbox: Mailbox | None = None,
        upload_seconds: float = _UPLOAD_SECONDS,
    ) -> None:
        self._gateway = gateway
        self._mailbox = mailbox
        self._upload_seconds = upload_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request; other kinds of connection are not served."""
        if scope["type"] == "http":
            await _send(send, await self._answer(scope, receive))

    async def _answer(self, scope: Scope, receive: Receive) -> HttpAnswer:
        if _head_size(scope) > HEAD_LIMIT:
            return self._gateway.refuse(errors.HEADERS_TOO_LARGE)
        try:
            async with asyncio.timeout(self._upload_seconds):
                body = await _body(scope, receive)
        except _BodyTooLargeError:
            return self._gateway.refuse(errors.TOO_LARGE)
        except _DisconnectedError:
            return self._gateway.refuse(errors.BAD_REQUEST)
        except TimeoutError:
            return self._gateway.refuse(errors.TOO_SLOW)
        request = _request(scope, body)
        if request.path.startswith(f"{STAGE_PREFIX}/"):
            return self._gateway.handle(request)
        mails = self._mailbox.answer(request) if self._mailbox else None
        return mails or site.answer(request) or self._gateway.refuse(errors.NOT_FOUND)


async def _body(scope: Scope, receive: Receive) -> bytes:
    """Read the body; one that is too large is read on for a while and thrown away.

    Most clients look for an answer only after they have sent everything, unless they asked first
    with ``Expect: 100-continue``.
    """
    if _announced_length(scope) > BODY_LIMIT and _asks_first(scope):
        raise _BodyTooLargeError
    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _DisconnectedError
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > BODY_LIMIT:
            chunks.clear()
        else:
            chunks.append(chunk)
        more = message.get("more_body", False) and size <= _DRAIN_LIMIT
    if size > BODY_LIMIT:
        raise _BodyTooLargeError
    return b"".join(chunks)


def _head_size(scope: Scope) -> int:
    line = len(scope["raw_path"]) + len(scope["query_string"])
    return line + sum(len(name) + len(value) for name, value in scope["headers"])


def _announced_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


def _asks_first(scope: Scope) -> bool:
    return any(name == b"expect" for name, _ in scope["headers"])


def _request(scope: Scope, body: bytes) -> HttpRequest:
    return HttpRequest(
        method=scope["method"],
        path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=tuple(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
        ),
        body=body,
        client=scope["client"][0] if scope.get("client") else "127.0.0.1",
        scheme=scope["scheme"],
        port=str(scope["server"][1]) if scope.get("server") else "80",
    )


async def _send(send: Send, answer: HttpAnswer) -> None:
    headers = [(name.encode("latin-1"), value.encode()) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
