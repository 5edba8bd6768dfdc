"""One append-only file that never continues after half a record."""

import os
import threading
from pathlib import Path

from local.cloud.journal.lines import Operation, encode


class JournalFile:
    """Appends records; a record is with the kernel when ``append`` returns.

    It then survives the death of every process. ``sync`` makes it survive a power cut too.
    """

    def __init__(self, path: Path, *, size: int = 0, last: int = 0) -> None:
        self.size = size
        self._last = last
        self._torn = True
        self._lock = threading.Lock()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def append(self, operations: list[Operation]) -> None:
        """Write one record or, raising ``OSError``, nothing that is ever read."""
        with self._lock:
            line = encode(self._last + 1, operations)
            if self._torn:
                self._cut()
            self._torn = True
            written = 0
            while written < len(line):
                written += os.write(self._file, line[written:])
            self._torn = False
            self.size += len(line)
            self._last += 1

    def sync(self) -> None:
        """Force what was appended to the disk."""
        os.fdatasync(self._file)

    def close(self) -> None:
        """Sync and close; nothing may be appended afterwards."""
        with self._lock:
            if self._torn:
                self._cut()
            self.sync()
            os.close(self._file)

    def _cut(self) -> None:
        os.ftruncate(self._file, self.size)
        os.lseek(self._file, self.size, os.SEEK_SET)
