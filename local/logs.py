"""The log files of one run, and what can be told from them in a line."""

from __future__ import annotations

import re
import signal
from pathlib import Path

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_TAIL_BYTES = 64 * 1024


def fresh(log: Path) -> Path:
    """Put the last run's log aside and return the path for the new one."""
    if log.exists():
        log.replace(log.with_name(f"{log.stem}.previous.log"))
    return log


def tail(log: Path) -> str:
    """Return the end of a log without terminal colours."""
    try:
        with log.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - _TAIL_BYTES))
            return _ANSI.sub("", stream.read().decode(errors="replace"))
    except OSError:
        return ""


def last_line(log: Path) -> str:
    """Return the last line that says anything."""
    lines = [line.strip() for line in tail(log).splitlines()]
    return next((line for line in reversed(lines) if line), "")


def ending(status: int) -> str:
    """Say how a process ended."""
    if status >= 0:
        return f"status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
