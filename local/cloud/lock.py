"""At most one cloud per data directory."""

import fcntl
import os
from pathlib import Path

from local.cloud.errors import DataDirInUseError, NoSpaceError


def hold(data_dir: Path) -> int:
    """Lock the directory until this process ends, however it ends."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        handle = os.open(data_dir / "cloud.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise NoSpaceError(f"Can't write to {data_dir}: {error.strerror}.") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise DataDirInUseError(
            f"{data_dir} is in use by another running cloud. Stop it, or choose another directory."
        ) from None
    return handle
