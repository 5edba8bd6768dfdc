"""One builder at a time: a deployment and a test run may package the same code together."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from deepstory_cdk.paths import BUILD


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Wait until no other process builds the named thing; a lock ends with its process."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
