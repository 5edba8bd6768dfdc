"""Tells a person what is going on, one line a step."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

_CLEAR_LINE = "\r\033[2K"


class Console:
    """Prints steps as they begin and end; on a terminal each step keeps to one line."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._terminal = self._stream.isatty()
        self._colours = self._terminal and "NO_COLOR" not in os.environ
        self._current = ""
        self._detail = ""

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Show a step; it counts as done unless the block raises."""
        started = time.monotonic()
        self._current, self._detail = text, ""
        self._write(f"  … {text}", lasting=not self._terminal)
        try:
            yield
        except BaseException:
            self._write("", lasting=False)
            raise
        finally:
            self._current = ""
        self._write(f"  {self._green('✓')} {text} ({time.monotonic() - started:.1f} s)")

    def detail(self, text: str) -> None:
        """Show how far the current step is, where a line can be rewritten."""
        if self._terminal and text != self._detail:
            self._detail = text
            self._write(f"  … {self._current} · {text}", lasting=False)

    def line(self, text: str = "") -> None:
        self._write(text)

    def failure(self, text: str) -> None:
        self._write(f"{self._red('✗')} {text}")

    def bold(self, text: str) -> str:
        return f"\033[1m{text}\033[0m" if self._colours else text

    def _green(self, text: str) -> str:
        return f"\033[32m{text}\033[0m" if self._colours else text

    def _red(self, text: str) -> str:
        return f"\033[31m{text}\033[0m" if self._colours else text

    def _write(self, text: str, *, lasting: bool = True) -> None:
        start = _CLEAR_LINE if self._terminal else ""
        try:
            self._stream.write(f"{start}{text}" + ("\n" if lasting else ""))
            self._stream.flush()
        except OSError:
            # Whoever was reading has gone; the service goes on without an audience.
            return
