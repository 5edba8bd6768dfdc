"""HTTP to the model container, as SageMaker speaks it."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

import h11

_CHUNK = 1 << 16


class UnreachableError(Exception):
    """Nobody listens: the request has not been sent."""


class NoAnswerError(Exception):
    """The request was sent, and the connection ended before the answer did."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the container answered."""

    status: int
    content_type: str
    body: bytes


async def request(
    port: int, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> Answer:
    """Send one request to the container; the caller sets the time limit."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError as error:
        raise UnreachableError(str(error)) from error
    with closing(writer):
        connection = h11.Connection(our_role=h11.CLIENT)
        head = {"Host": f"127.0.0.1:{port}", "Connection": "close", **(headers or {})}
        head["Content-Length"] = str(len(body))
        try:
            for data in _outgoing(connection, method, path, head, body):
                writer.write(data)
            await writer.drain()
            return await _read(connection, reader)
        except (OSError, h11.RemoteProtocolError) as error:
            raise NoAnswerError(str(error)) from error


def _outgoing(
    connection: h11.Connection, method: str, path: str, headers: Mapping[str, str], body: bytes
) -> Iterator[bytes]:
    events: list[h11.Event] = [
        h11.Request(method=method, target=path, headers=list(headers.items())),
        h11.Data(data=body),
        h11.EndOfMessage(),
    ]
    for event in events:
        yield connection.send(event) or b""


async def _read(connection: h11.Connection, reader: asyncio.StreamReader) -> Answer:
    status, content_type, body = 0, "", bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(_CHUNK))
        elif isinstance(event, h11.Response):
            status = event.status_code
            content_type = dict(event.headers).get(b"content-type", b"").decode("latin-1")
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage):
            return Answer(status, content_type, bytes(body))
        elif isinstance(event, h11.ConnectionClosed):
            raise NoAnswerError("the connection was closed")
