import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from PIL.Image import Image
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from model.serving import metrics
from model.serving.answers import describe_error
from model.serving.drawing import EVENTS
from model.serving.errors import RequestError
from model.serving.progress import News
from model.serving.queue import Job

# An event stream that is silent for longer than this gets a comment, so that nothing on its way
# takes it for dead.
SILENT_SECONDS = 15
CLIENT_CLOSED_REQUEST = 499


async def pictures_of(
    job: Job, receive: Receive, tell: Callable[[News | None], Awaitable[None]] | None = None
) -> list[Image]:
    """Wait for the job, which is cancelled when its client goes away (ClientDisconnect).

    Meanwhile `tell` is awaited with its newest news, or with None after a long silence.
    """
    result = asyncio.wrap_future(job.result)
    gone = asyncio.ensure_future(receive())  # after the body, only the client's leaving
    try:
        while not result.done() and not gone.done():
            await _next_event(job, {result, gone}, tell)
    finally:
        gone.cancel()
        left = not result.done()
        job.result.cancel()
    if left:
        metrics.CANCELLED.inc()
        raise ClientDisconnect
    pictures = await result
    shown = [picture for picture in pictures if picture is not None]
    if len(shown) < len(pictures):
        raise RequestError(422, "content_filtered", "The model withheld the picture.")
    return shown


async def _next_event(
    job: Job,
    ends: set[asyncio.Future[Any]],
    tell: Callable[[News | None], Awaitable[None]] | None,
) -> None:
    if tell is None or job.listener is None:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        return
    heard = asyncio.ensure_future(job.listener.heard.wait())
    try:
        done, _ = await asyncio.wait(
            {heard, *ends}, timeout=SILENT_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
    finally:
        heard.cancel()
    if done <= {heard}:
        await tell(job.listener.take())


class EventStream(Response):
    """A job's progress, and at the end its `picture` or an `error`, as server-sent events."""

    media_type = EVENTS

    def __init__(
        self,
        job: Job,
        describe: Callable[[list[Image]], Mapping[str, object]],
        on_end: Callable[[int, str], None],
    ) -> None:
        super().__init__(headers={"Cache-Control": "no-store"})
        del self.headers["content-length"]
        self._job = job
        self._describe = describe
        self._on_end = on_end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def write(text: str, *, more: bool = True) -> None:
            await send(
                {"type": "http.response.body", "body": text.encode("utf-8"), "more_body": more}
            )

        async def tell(news: News | None) -> None:
            await write(_event(*news) if news else ":\n\n")

        status, code = 200, ""
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await write("")  # the headers leave at once, however long the first news takes
            pictures = await pictures_of(self._job, receive, tell)
            described = await asyncio.to_thread(self._describe, pictures)
            await write(_event("picture", described), more=False)
        except RequestError as error:
            status, code = error.status, error.code
            await write(_event("error", describe_error(error)), more=False)
        except ClientDisconnect:
            status, code = CLIENT_CLOSED_REQUEST, "client_went_away"
        finally:
            self._job.result.cancel()
            self._on_end(status, code)


def _event(name: str, data: Mapping[str, object]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
