"""Snapshots and journals by generation: a snapshot holds all that older journals held.

Generation N is ``snapshot-N`` and the ``journal-N`` that continues it. A new generation's
journal is opened first and its snapshot written after, so for a while the state is the old
snapshot followed by two journals; a crash at any point leaves a readable sequence.
"""

import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from local.cloud.journal.file import JournalFile
from local.cloud.journal.lines import Operation, Records, damaged, encode

_NAME = re.compile(r"^(snapshot|journal)-(\d{10})$")
_END: Operation = ["end"]
_BATCH = 200


class Generations:
    """The durable state of one directory, and as much of its past as ``kept_bytes`` hold."""

    def __init__(self, directory: Path, *, kept_bytes: int = 0) -> None:
        self._directory = directory
        self._kept_bytes = kept_bytes
        self._generation = 0
        self._journal: JournalFile | None = None
        self._swap = threading.Lock()

    @property
    def generation(self) -> int:
        """The generation that is being written."""
        return self._generation

    @property
    def journal_size(self) -> int:
        """Bytes appended since the last snapshot was begun."""
        return self._journal.size if self._journal else 0

    def restore(self, apply: Callable[[Operation], None]) -> int:
        """Replay the newest complete state through ``apply`` and continue its journal.

        Returns the number of operations. Damage raises before anything is written.
        """
        files = self._files()
        base = max((number for kind, number in files if kind == "snapshot"), default=0)
        count = 0
        if base:
            count += self._replay_snapshot(self._path("snapshot", base), apply)
        journals = sorted(number for kind, number in files if kind == "journal" and number >= base)
        self._expect_consecutive(base, journals)
        size = last = 0
        for number in journals:
            records = Records(self._path("journal", number))
            for operations in records:
                for operation in operations:
                    apply(operation)
                count += len(operations)
            size, last = records.size, records.last
            if number != journals[-1]:
                records.expect_whole()
        self._generation = journals[-1] if journals else base
        self._journal = JournalFile(self._path("journal", self._generation), size=size, last=last)
        return count

    def append(self, operations: list[Operation]) -> None:
        """Write one record, atomically; see ``JournalFile.append``."""
        with self._swap:
            self._current().append(operations)

    def sync(self) -> None:
        """Force the journal to the disk."""
        with self._swap:
            self._current().sync()

    def begin(self) -> int:
        """Open the next generation's journal and return its number.

        The caller takes its snapshot at the same moment, with no append in between, and hands
        it to ``complete``.
        """
        with self._swap:
            following = JournalFile(self._path("journal", self._generation + 1))
            self._current().close()
            self._journal = following
            self._generation += 1
            return self._generation

    def complete(self, generation: int, operations: Iterable[Operation]) -> None:
        """Write the snapshot that ``generation`` starts from, then forget what is too old."""
        path = self._path("snapshot", generation)
        partial = path.with_suffix(".partial")
        with partial.open("wb") as file:
            stream = iter(operations)
            number = 0
            while batch := list(islice(stream, _BATCH)):
                number += 1
                file.write(encode(number, batch))
            file.write(encode(number + 1, [_END]))
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
        self._forget(generation)

    def histories(self) -> Iterator[Iterator[Operation]]:
        """Return the operations from each snapshot that is kept up to now, the newest first.

        Snapshots themselves come first, then what was journalled after them.
        """
        files = set(self._files())
        starts = {number for kind, number in files if kind == "snapshot"}
        starts |= {0} & {number for kind, number in files if kind == "journal"}
        for start in sorted(starts, reverse=True):
            yield self._history(start)

    def _history(self, start: int) -> Iterator[Operation]:
        if start:
            yield from self._operations(self._path("snapshot", start))
        for number in range(start, self._generation + 1):
            yield from self._operations(self._path("journal", number))

    def _operations(self, path: Path) -> Iterator[Operation]:
        for operations in Records(path):
            yield from operations

    def _forget(self, generation: int) -> None:
        """Remove earlier generations, from the first that no longer fits on."""
        room = self._kept_bytes
        for number in range(generation - 1, -1, -1):
            paths = [self._path(kind, number) for kind in ("snapshot", "journal")]
            paths = [path for path in paths if path.exists()]
            if not paths:
                return
            room -= sum(path.stat().st_size for path in paths)
            if room <= 0:
                room = 0
                for path in paths:
                    path.unlink()

    def close(self) -> None:
        """Sync and close the journal."""
        if self._journal:
            self._journal.close()
            self._journal = None

    def _replay_snapshot(self, path: Path, apply: Callable[[Operation], None]) -> int:
        count = 0
        complete = False
        for operations in Records(path):
            for operation in operations:
                complete = operation == _END
                if not complete:
                    apply(operation)
                    count += 1
        if not complete:
            raise damaged(path, "it ends early")
        return count

    def _expect_consecutive(self, base: int, journals: list[int]) -> None:
        wanted = range(base, base + max(len(journals), 1 if base else 0))
        if missing := set(wanted) - set(journals):
            raise damaged(self._path("journal", min(missing)), "it is missing")

    def _files(self) -> list[tuple[str, int]]:
        return list(self._named())

    def _named(self) -> Iterator[tuple[str, int]]:
        for path in self._directory.iterdir():
            if match := _NAME.match(path.name):
                yield match[1], int(match[2])

    def _path(self, kind: str, number: int) -> Path:
        return self._directory / f"{kind}-{number:010d}"

    def _current(self) -> JournalFile:
        if self._journal is None:
            raise OSError("the journal is closed")
        return self._journal
