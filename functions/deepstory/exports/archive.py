"""A ZIP that is written from its beginning to its end and never kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import msgspec

from deepstory.exports.repository import Sink

_FILE_MODE = 0o644 << 16


class _Stream:
    """What zipfile takes for a file that can only be written on: it asks for no position."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.size = 0

    def write(self, content: bytes) -> int:
        self.size += len(content)
        return self._sink.write(bytes(content))

    def flush(self) -> None: ...


class Archive:
    """``check`` is called between any two things, and may raise to break off."""

    def __init__(self, sink: Sink, *, now: datetime, check: Callable[[], None]) -> None:
        self._stream = _Stream(sink)
        self._zip = ZipFile(cast(IO[bytes], self._stream), "w")
        self._date = now.timetuple()[:6]
        self._check = check

    @property
    def size(self) -> int:
        return self._stream.size

    def add_text(self, name: str, pieces: Iterable[str]) -> None:
        with self._entry(name, ZIP_DEFLATED) as file:
            for piece in pieces:
                self._check()
                file.write(piece.encode())

    def add_json(self, name: str, document: Any) -> None:
        self.add_text(name, [_json(document) + "\n"])

    def add_list(self, name: str, records: Iterable[Any]) -> int:
        """Write a JSON array one record at a time and return how many it holds."""
        number = 0

        def pieces() -> Iterator[str]:
            nonlocal number
            yield "["
            for record in records:
                yield f"{',' if number else ''}\n{_json(record)}"
                number += 1
            yield "\n]\n" if number else "]\n"

        self.add_text(name, pieces())
        return number

    def add_bytes(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write a file that is compressed already."""
        self._check()
        with self._entry(name, ZIP_STORED) as file:
            for chunk in chunks:
                file.write(chunk)

    def close(self) -> None:
        self._zip.close()

    @contextmanager
    def _entry(self, name: str, compression: int) -> Iterator[IO[bytes]]:
        info = ZipInfo(name, cast(Any, self._date))
        info.compress_type = compression
        info.external_attr = _FILE_MODE
        with self._zip.open(info, "w") as file:
            yield file


def _json(record: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(record), indent=2).decode()
