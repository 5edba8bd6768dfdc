"""Who listens where on 127.0.0.1."""

from __future__ import annotations

import errno
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from local.errors import StartError

HOST = "127.0.0.1"
_LISTENING = "0A"


def is_free(port: int) -> bool:
    """Tell whether this process could listen on the port."""
    return _obstacle(port) is None


def any_free() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def next_free(port: int) -> int:
    """Return the first port above this one that nobody holds."""
    return next((other for other in range(port + 1, 65536) if is_free(other)), any_free())


def expect_free(port: int) -> None:
    """Raise a StartError that names the holder, where that can be seen, and a free port."""
    obstacle = _obstacle(port)
    if obstacle is None:
        return
    suggestion = f"make run PORT={next_free(max(port, 1023))}"
    if obstacle == errno.EACCES:
        raise StartError(f"Port {port} needs administrator rights. Choose another: {suggestion}")
    holder = holder_of(port)
    by = f" by {holder}" if holder else ""
    raise StartError(f"Port {port} is in use{by}. Stop that, or choose another: {suggestion}")


@contextmanager
def kept(port: int) -> Iterator[None]:
    """Keep a free port from everybody but our own servers, also while none of them listens.

    Starting takes a while, in which the system would give the port to others, and servers that
    share ports would not notice. Elsewhere than on Linux nothing is kept.
    """
    with closing(socket.socket()) as keeper:
        if sys.platform == "linux":
            # Servers of the same user that share ports as well may listen beside it.
            keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            # While connections of an earlier program linger there, nothing can be kept.
            with suppress(OSError):
                keeper.bind((HOST, port))
        yield


def holder_of(port: int) -> str | None:
    """Name the process that listens on the port, if this system and our rights show it."""
    inodes = _listening_inodes(port)
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if any(_target(fd) in inodes for fd in (process / "fd").iterdir()):
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
    return None


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


def _obstacle(port: int) -> int | None:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen()
        except OSError as error:
            return error.errno
    return None


def _listening_inodes(port: int) -> set[str]:
    inodes = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if table.exists():
            for line in table.read_text().splitlines()[1:]:
                fields = line.split()
                if re.search(f":{port:04X}$", fields[1]) and fields[3] == _LISTENING:
                    inodes.add(f"socket:[{fields[9]}]")
    return inodes
