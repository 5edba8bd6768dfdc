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

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def expect_free(host: str, port: int) -> None:
    """Raise if the port can't be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortInUseError(
                f"Port {port} on {host} can't be used ({error.strerror}). "
                "Stop the program that uses it, or choose another port."
            ) from error


def serve(context: CloudContext, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; returns when state is saved."""
    config = import_module("hypercorn.config").Config()
    config.bind = [f"{host}:{port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    config.loglevel = os.environ["LOG_LEVEL"]
    asyncio.run(_serve(context, config))


async def _serve(context: CloudContext, config: Any) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    announcement = asyncio.create_task(_announce(context, config.bind[0], stop))
    application = _Application()
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

    def __init__(self) -> None:
        self._app = seams.module("app").app
        self.failure: Exception | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
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

        try:
            await self._app(scope, receive_before_hooks, send)
        except Exception as error:
            self.failure = error
            await send({"type": f"lifespan.{phase}.failed", "message": str(error)})


async def _announce(context: CloudContext, address: str, stop: asyncio.Event) -> None:
    """Write ``cloud.json`` when the first request can be answered."""
    host, port = address.rsplit(":", 1)
    while not stop.is_set():
        try:
            _, writer = await asyncio.open_connection(host, int(port))
        except OSError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        await seams.run_ready()
        ready = {"pid": os.getpid(), "endpoint_url": context.endpoint_url}
        partial = context.data_dir / "cloud.json.partial"
        partial.write_text(json.dumps(ready))
        partial.rename(context.data_dir / "cloud.json")
        return
