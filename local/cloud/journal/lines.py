"""The line format of journals and snapshots: checksum, number and operations."""

import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.cloud.errors import DamagedDataError

Operation = list[Any]


def encode(number: int, operations: list[Operation]) -> bytes:
    """Return one record as a line; the newline is what makes it complete."""
    body = json.dumps([number, operations], ensure_ascii=False, separators=(",", ":")).encode()
    return b"%08x %b\n" % (zlib.crc32(body), body)


def decode(line: bytes) -> tuple[int, list[Operation]]:
    """Return the number and operations of a complete line, or raise ``ValueError``."""
    checksum, body = line[:8], line[9:-1]
    if zlib.crc32(body) != int(checksum, 16):
        raise ValueError("checksum differs")
    number, operations = json.loads(body)
    return number, operations


class Records:
    """The records of one file in order; afterwards ``size`` is where its last whole line ends.

    A last line without its newline was being written when the process died. It was never
    acknowledged, so it is left out. Anything else that doesn't fit is damage.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self.last = 0

    def __iter__(self) -> Iterator[list[Operation]]:
        with self.path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    return
                yield self._record(line)
                self.size += len(line)

    def _record(self, line: bytes) -> list[Operation]:
        try:
            number, operations = decode(line)
            if number != self.last + 1:
                raise ValueError(f"record {self.last + 1} is missing")
        except ValueError as error:
            raise damaged(self.path, f"at byte {self.size}, {error}") from error
        self.last = number
        return operations

    def expect_whole(self) -> None:
        """Raise if the file, once read, had a torn end where there can't be one."""
        if self.path.stat().st_size != self.size:
            raise damaged(self.path, f"at byte {self.size}, it ends in half a record")


def damaged(path: Path, what: str) -> DamagedDataError:
    """Return the refusal to start from a file that can't be trusted."""
    return DamagedDataError(
        f"Stored data is damaged ({path}: {what}). Nothing was changed. "
        "Restore the data directory from a copy, or start with another one."
    )
