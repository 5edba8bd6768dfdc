"""The picture server: Amazon SageMaker's container contract over any diffusers pipeline.

    python model/inference.py serve

It listens at once; GET /ping is 503 until the weights are loaded and warmed. POST /invocations
waits in a bounded queue for the one device thread (serving/device.py), which draws what has one
size together, step by step. Exit code: 0 after SIGTERM, 1 when loading or the device failed.
docs/model-server.md tells everything a caller or operator has to know.
"""

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

sys.path.append(str(Path(__file__).resolve().parents[1]))  # started as a script: find `model`

from model.serving import metrics
from model.serving.answers import describe_pictures, error_answer, picture_answer
from model.serving.device import Device
from model.serving.drawing import EVENTS, JSON, choose_media_type, parse_drawing
from model.serving.errors import RequestError, unavailable
from model.serving.logs import log_json_lines
from model.serving.progress import Listener
from model.serving.queue import Job, JobQueue
from model.serving.settings import Settings, read_settings
from model.serving.streaming import CLIENT_CLOSED_REQUEST, EventStream, pictures_of

MAX_BODY_BYTES = 64 * 1024
MAX_DISCARDED_BYTES = 4 * 1024 * 1024
SECONDS_TO_FLUSH_ANSWERS = 3

log = logging.getLogger("model.server")


class ModelServer:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._queue = JobQueue(
            size=settings.queue_size,
            max_batch=settings.max_batch,
            max_overtaking_seconds=settings.max_overtaking_ms / 1000,
        )
        self._device = Device(settings, self._queue, on_end=self._stop)
        app = Starlette(
            routes=[
                Route("/ping", self._ping, methods=["GET"]),
                Route("/invocations", self._invocations, methods=["POST"]),
                Route("/metrics", _metrics, methods=["GET"]),
            ],
            exception_handlers={HTTPException: _http_error, Exception: _internal_error},
            lifespan=self._lifespan,
        )
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                http="h11",
                ws="none",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=SECONDS_TO_FLUSH_ANSWERS,
            )
        )

    def run(self) -> int:
        """Serve until told to stop; returns the exit code."""
        self._server.run()
        return 1 if self._device.failed or not self._server.started else 0

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._drain)
        self._device.start()
        yield

    def _drain(self) -> None:
        """Finish what was accepted, refuse the rest, and stop; at the latest after the deadline."""
        log.info("draining")
        self._queue.close()
        if self._device.ready.is_set():
            loop = asyncio.get_running_loop()
            loop.call_later(self._settings.drain_seconds, self._give_up)
        else:
            self._stop()

    def _give_up(self) -> None:
        self._device.abandon(unavailable("draining", "The server is shutting down."))
        self._stop()

    def _stop(self) -> None:
        self._server.should_exit = True

    async def _ping(self, _request: Request) -> Response:
        if self._device.ready.is_set() and not self._queue.closed:
            return JSONResponse({"status": "ready"})
        return error_answer(self._not_ready())

    def _not_ready(self) -> RequestError:
        if self._queue.closed:
            return unavailable("draining", "The server is shutting down.")
        return unavailable("loading", "The model is being loaded.")

    async def _invocations(self, request: Request) -> Response:
        end = partial(_record, request, time.monotonic())
        code = ""
        try:
            response = await self._invoke(request, end)
        except RequestError as error:
            response, code = error_answer(error), error.code
        except ClientDisconnect:
            response, code = Response(status_code=CLIENT_CLOSED_REQUEST), "client_went_away"
        if not isinstance(response, EventStream):
            end(response.status_code, code)
        return response

    async def _invoke(self, request: Request, end: Callable[[int, str], None]) -> Response:
        media_type = choose_media_type(",".join(request.headers.getlist("accept")))
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type != JSON:
            raise RequestError(415, "unsupported_media_type", f"Content-Type must be {JSON}.")
        drawing = parse_drawing(await _read_body(request), self._settings)
        if len(drawing.seeds) > 1 and media_type not in (JSON, EVENTS):
            raise RequestError(
                422, "invalid_value", f"Several images need Accept: {JSON} or {EVENTS}."
            )
        if not self._device.ready.is_set():
            raise self._not_ready()
        began = time.monotonic()
        if media_type == EVENTS:
            job = Job(drawing, listener=Listener())
            self._queue.put(job)
            return EventStream(
                job,
                lambda drawn: describe_pictures(drawing, drawn, time.monotonic() - began),
                end,
            )
        job = Job(drawing)
        self._queue.put(job)
        pictures = await pictures_of(job, request.receive)
        return await asyncio.to_thread(
            picture_answer, drawing, pictures, media_type, time.monotonic() - began
        )


def _record(request: Request, began: float, status: int, code: str) -> None:
    metrics.REQUESTS.labels(status=status).inc()
    log.info(
        "invocation",
        extra={
            "status": status,
            "code": code,
            "seconds": round(time.monotonic() - began, 3),
            "inference_id": request.headers.get("x-amzn-sagemaker-inference-id", "")[:64],
        },
    )


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_DISCARDED_BYTES:
            break
        if size <= MAX_BODY_BYTES:
            body += chunk
    if size > MAX_BODY_BYTES:
        raise RequestError(413, "too_large", f"The body may have at most {MAX_BODY_BYTES} bytes.")
    return bytes(body)


async def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - Starlette's type for handlers is wider
    code = error.detail.lower().replace(" ", "_")
    response = error_answer(RequestError(error.status_code, code, f"{error.detail}."))
    response.headers.update(error.headers or {})
    return response


async def _internal_error(_request: Request, _exc: Exception) -> Response:
    return error_answer(RequestError(500, "internal_error", "The server made a mistake."))


async def _metrics(_request: Request) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def main(arguments: list[str]) -> int:
    log_json_lines()
    if arguments != ["serve"]:
        log.critical("usage: inference.py serve")
        return 2
    try:
        settings = read_settings(os.environ)
    except (OSError, ValueError) as error:
        log.critical("bad_settings", extra={"error": str(error)})
        return 1
    return ModelServer(settings).run()


if __name__ == "__main__":
    exit_code = 1
    try:
        exit_code = main(sys.argv[1:])
    except Exception:
        log.critical("crashed", exc_info=True)  # nobody else can tell of it: see the next line
    finally:
        logging.shutdown()
        os._exit(exit_code)  # a device thread inside native code would hold up or crash the exit
