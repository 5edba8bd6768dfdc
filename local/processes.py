"""Child processes that never outlive the one that started them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_POLL_SECONDS = 1.0
_LOOK_SECONDS = 0.02


def die_with_parent(parent: int, with_signal: signal.Signals = signal.SIGKILL) -> None:
    """End this process when ``parent`` (its parent's id) ends, even by ``kill -9``.

    Linux does it in the kernel, and means the parent's thread: start children from a thread that
    lasts. Elsewhere a thread looks once a second.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(with_signal))
        if os.getppid() != parent:
            os.kill(os.getpid(), with_signal)
    else:
        threading.Thread(target=_watch_parent, args=(parent, with_signal), daemon=True).start()


def _watch_parent(parent: int, with_signal: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL_SECONDS)
    os.kill(os.getpid(), with_signal)


def start(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    directory: Path,
    log: Path,
    orphan_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child in a process group of its own, its output appended to ``log``.

    It gets ``orphan_signal`` when this process dies.
    """
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603  # the caller's own fixed commands
            [str(part) for part in command],
            env=dict(environment),
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_dying_with(os.getpid(), orphan_signal),
        )


def _dying_with(parent: int, with_signal: signal.Signals) -> Callable[[], None] | None:
    # A thread started before exec is lost, so elsewhere than on Linux the child is on its own.
    return partial(die_with_parent, parent, with_signal) if sys.platform == "linux" else None


def ended(process: subprocess.Popen[bytes]) -> bool:
    """Tell whether a child has ended; its status is there after ``stop``.

    Unlike ``poll`` this does not collect the child, where the system allows that: the id of a
    collected child may soon be another process's, and ``stop`` must not signal that one.
    """
    if process.returncode is not None:
        return True
    if sys.platform == "linux":
        look = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, process.pid, look) is not None
    return process.poll() is not None


def stop(process: subprocess.Popen[bytes], *, seconds: float) -> bool:
    """End a child's whole process group, by force after ``seconds``; tell whether it obeyed.

    The group of a child that was already collected is left alone.
    """
    if process.returncode is not None:
        return True
    obeyed = ended(process)
    if not obeyed:
        _signal_group(process, signal.SIGTERM)
        obeyed = _ends_within(process, seconds)
    _signal_group(process, signal.SIGKILL)
    process.wait()
    return obeyed


def _ends_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not ended(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_SECONDS)
    return True


def _signal_group(process: subprocess.Popen[bytes], what: signal.Signals) -> None:
    try:
        os.killpg(process.pid, what)
    except ProcessLookupError:
        return
