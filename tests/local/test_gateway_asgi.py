"""How the ASGI side ends requests whose body never becomes complete."""

import asyncio
import json

from local.gateway.asgi import Application
from local.gateway.gateway import Gateway
from tests.local import gateway_app


def request(receive) -> tuple[int, dict]:
    scope = {
        "type": "http",
        "method": "POST",
        "raw_path": b"/api/v1/echo",
        "query_string": b"",
        "headers": [],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", "8000"),
        "scheme": "http",
    }
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(Application(Gateway(gateway_app.app), upload_seconds=0.01)(scope, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])["error"]


def test_upload_that_never_ends_is_408():
    async def receive():
        await asyncio.Event().wait()

    status, error = request(receive)
    assert (status, error["code"]) == (408, "request_timeout")


def test_function_is_not_called_for_a_caller_who_left():
    async def receive():
        return {"type": "http.disconnect"}

    assert request(receive)[0] == 400
