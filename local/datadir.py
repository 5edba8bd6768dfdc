"""The directory in which one home keeps everything: at most one run at a time uses it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.errors import StartError
from local.settings import RunSettings

NEEDED_MIB = 256
_LEAVING_SECONDS = 15.0
_MIB = 1024 * 1024


@contextmanager
def held(settings: RunSettings) -> Iterator[None]:
    """Make the directory and keep other runs out of it until the block ends.

    Raises
    ------
    StartError : it cannot be written, its disk is full, or another run has it.
    """
    _make(settings)
    handle = os.open(settings.data_dir / "run.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _locked(handle):
            raise StartError(_in_use(settings))
        _expect_space(settings.data_dir)
        _wait_for_previous_cloud(settings.cloud_dir / "cloud.lock")
        try:
            yield
        finally:
            settings.run_file.unlink(missing_ok=True)
    finally:
        os.close(handle)


def read(path: Path) -> dict[str, Any]:
    """Return what ``write`` wrote, or nothing where it is absent or was cut short."""
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write(path: Path, content: dict[str, Any]) -> None:
    """Replace the file as a whole."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(json.dumps(content, indent=2))
    partial.replace(path)


def _make(settings: RunSettings) -> None:
    try:
        # People's diaries are in there.
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings.log_dir.mkdir(exist_ok=True)
        settings.cloud_dir.mkdir(exist_ok=True)
        (settings.data_dir / "run.lock").touch(mode=0o600)
    except OSError as error:
        raise StartError(
            f"{settings.data_dir} cannot be written ({error.strerror}). Make it writable or "
            "choose another directory: make run DATA_DIR=/path"
        ) from error


def _expect_space(directory: Path) -> None:
    free = shutil.disk_usage(directory).free // _MIB
    if free < NEEDED_MIB:
        raise StartError(
            f"Only {free} MiB are free where {directory} lies; {NEEDED_MIB} MiB are needed. "
            "Free some space or choose another disk: make run DATA_DIR=/path"
        )


def _in_use(settings: RunSettings) -> str:
    run = read(settings.run_file)
    who = f" at {run['url']} (process {run['pid']})" if {"url", "pid"} <= run.keys() else ""
    return (
        f"{settings.data_dir} is already in use by a running service{who}. "
        "Stop that one, or start another beside it: make run DATA_DIR=/path PORT=8001"
    )


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_for_previous_cloud(lock: Path) -> None:
    """Wait while the embedded cloud of a run that was killed still saves its state."""
    if not lock.exists():
        return
    deadline = time.monotonic() + _LEAVING_SECONDS
    handle = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    try:
        while not _locked(handle):
            if time.monotonic() > deadline:
                raise StartError(
                    f"{lock.parent} is in use by another embedded cloud. Stop it, or choose "
                    "another directory: make run DATA_DIR=/path"
                )
            time.sleep(0.1)
    finally:
        os.close(handle)
