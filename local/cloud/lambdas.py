"""Lambda processes: isolated, quick to start, and ending when the cloud ends."""

import hashlib
import os
import shutil
import tempfile
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from local.cloud import seams

_KEPT_SECONDS = 3 * 24 * 3600

# The worker's standard input is a pipe from the cloud. It hangs up when the cloud has died,
# even by SIGKILL and in the middle of an invocation. A session of its own keeps away the signals
# that a terminal or supervisor sends to the cloud's group: only the cloud ends its workers.
_PREFIX = """\
import os, select, sys, threading
os.setsid()
def _end_with_cloud():
    hangup = select.poll()
    hangup.register(0, 0)
    hangup.poll()
    os._exit(1)
threading.Thread(target=_end_with_cloud, daemon=True).start()
sys.path[:] = [path for path in sys.path if "site-packages" not in path]
"""


class SharedArchive(zipfile.ZipFile):
    """An archive that is unpacked once, and elsewhere appears by links.

    A layer of thousands of files would otherwise be unpacked, and its Python compiled, for every
    process of every function.
    """

    store: Path

    def namelist(self) -> list[str]:
        """Return nothing to check: unpacking itself never leaves its folder."""
        return []

    def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
        """Make the content appear in ``path``."""
        assert self.filename is not None  # noqa: S101  # archives of files only
        content = Path(self.filename).read_bytes()
        folder = self.store / hashlib.sha256(content).hexdigest()
        if not folder.is_dir():
            self._unpack(folder)
        os.utime(folder)
        for entry in folder.iterdir():
            Path(path, entry.name).symlink_to(entry)

    def _unpack(self, folder: Path) -> None:
        partial = Path(tempfile.mkdtemp(dir=self.store, prefix="partial-"))
        super().extractall(partial, members=super().namelist())
        try:
            partial.rename(folder)
        except OSError:
            shutil.rmtree(partial)


def install(store: Path) -> None:
    """Start every Python worker isolated, from archives unpacked once in ``store``."""
    store.mkdir(exist_ok=True)
    _forget_unused(store)
    SharedArchive.store = store
    runtime = seams.module("core.lambda_runtime")
    runtime.zipfile = SimpleNamespace(
        ZipFile=SharedArchive,
        BadZipFile=zipfile.BadZipFile,
        LargeFileError=zipfile.LargeZipFile,
    )
    runtime._PYTHON_WORKER_SCRIPT = _PREFIX + runtime._PYTHON_WORKER_SCRIPT
    seams.on_shutdown(_end_workers)


def _forget_unused(store: Path) -> None:
    oldest = time.time() - _KEPT_SECONDS
    for folder in store.iterdir():
        if folder.name.startswith("partial-") or folder.stat().st_mtime < oldest:
            shutil.rmtree(folder)


async def _end_workers() -> None:
    seams.module("core.lambda_runtime").reset()
