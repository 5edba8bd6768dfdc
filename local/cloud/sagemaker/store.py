"""Small state that is on disk before the call that changed it returns."""

import json
import os
import threading
from pathlib import Path
from typing import Any

from local.cloud.errors import DamagedDataError

Record = dict[str, Any]


def write_atomically(path: Path, data: bytes) -> None:
    """Replace ``path`` so that a crash leaves either the old or the new content, never a part."""
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Make a rename or removal in ``directory`` survive a crash."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_json(path: Path) -> Any:
    """Return the parsed file, or None when it doesn't exist."""
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise DamagedDataError(
            f"{path} is damaged ({error}). Restore it from a backup, or move it away."
        ) from error


class DurableMap:
    """A mapping of names to records, kept in one JSON file and safe to use from any thread.

    Records are values: change one by putting a new one, never in place.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._records: dict[str, Record] = read_json(path) or {}
        path.parent.mkdir(parents=True, exist_ok=True)

    def get(self, key: str) -> Record | None:
        return self._records.get(key)

    def items(self, prefix: str = "") -> list[tuple[str, Record]]:
        with self._lock:
            return [(key, value) for key, value in self._records.items() if key.startswith(prefix)]

    def put(self, key: str, record: Record) -> None:
        self._save({**self._records, key: record})

    def change(self, key: str, **fields: Any) -> Record:
        """Replace some fields of a record that exists."""
        with self._lock:
            record = {**self._records[key], **fields}
            self.put(key, record)
        return record

    def delete(self, key: str) -> None:
        self._save({name: value for name, value in self._records.items() if name != key})

    def _save(self, records: dict[str, Record]) -> None:
        with self._lock:
            write_atomically(self._path, json.dumps(records).encode())
            self._records = records
