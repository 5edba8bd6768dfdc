"""The ASGI server: ministack's application with this project's start, stop and readiness."""

import asyncio
import json
import os
import signal
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from importlib import import_module
from typing import Any

from local.cloud import seams
from local.cloud.context import CloudContext
from local.cloud.errors import CloudError, PortInUseError
from local.cloud.permissions import credentials

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that holds the port from now on; raise if it can't be had.

    Only to look whether it is free would let two clouds that start at once take the same one.
    Who connects before the cloud can answer waits.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise PortInUseError(
            f"Port {port} on {host} can't be used ({error.strerror}). "
            "Stop the program that uses it, or choose another port."
        ) from error
    return listener


def serve(context: CloudContext, listener: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT; returns when state is saved."""
    config = import_module("hypercorn.config").Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    config.loglevel = os.environ["LOG_LEVEL"]
    asyncio.run(_serve(context, config))


async def _serve(context: CloudContext, config: Any) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    application = _Application(context)
    announcement = asyncio.create_task(_announce(context, application.started))
    serving = import_module("hypercorn.asyncio").serve(
        application, config, shutdown_trigger=stop.wait
    )
    try:
        await serving
    except Exception:
        # The server tells only that starting failed; the failure itself tells what to do.
        raise application.failure or CloudError("The embedded cloud did not start.") from None
    announcement.cancel()
    (context.data_dir / "cloud.json").unlink(missing_ok=True)


class _Application:
    """ministack's application; it ends when starting fails, instead of serving without state."""

    def __init__(self, context: CloudContext) -> None:
        self._context = context
        self._app = seams.module("app").app
        self.started = asyncio.Event()
        self.failure: Exception | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(credentials.PATH):
            await self._give_credentials(scope["path"], send)
            return
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        phase = "startup"

        async def receive_before_hooks() -> Message:
            nonlocal phase
            message = await receive()
            phase = message["type"].partition(".")[2]
            if phase == "shutdown":
                await seams.run_shutdown()
            return message

        async def send_and_note(message: Message) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                self.started.set()

        try:
            await self._app(scope, receive_before_hooks, send_and_note)
        except Exception as error:
            self.failure = error
            await send({"type": f"lifespan.{phase}.failed", "message": str(error)})

    async def _give_credentials(self, path: str, send: Send) -> None:
        context = self._context
        status, body = credentials.answer(path, context.account_id, context.region)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": body})


async def _announce(context: CloudContext, started: asyncio.Event) -> None:
    """Write ``cloud.json`` when the first request can be answered.

    That this cloud has started tells it, not that its port answers: another's might.
    """
    await started.wait()
    await seams.run_ready()
    ready = {"pid": os.getpid(), "endpoint_url": context.endpoint_url}
    partial = context.data_dir / "cloud.json.partial"
    partial.write_text(json.dumps(ready))
    partial.rename(context.data_dir / "cloud.json")
