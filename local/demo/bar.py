"""Shows how a picture develops."""

from __future__ import annotations

import os
import sys
import time
from typing import Any, TextIO

_WIDTH = 24
_QUIET_SECONDS = 10.0
_TOLD = {
    "waiting": "waiting for the model",
    "queued": "in the queue",
    "drawing": "drawing",
    "ready": "ready",
    "failed": "failed",
    "cancelled": "cancelled",
}


class Bar:
    """One picture's line: redrawn on a terminal, printed at each change elsewhere."""

    def __init__(self, name: str, stream: TextIO | None = None) -> None:
        self._name = name
        self._stream = stream or sys.stdout
        self._terminal = self._stream.isatty()
        self._colours = self._terminal and "NO_COLOR" not in os.environ
        self._started = time.monotonic()
        self._whole: float | None = None
        self._share = 0.0
        self._last = ("", 0.0)

    def show(self, picture: dict[str, Any]) -> None:
        """Show the picture's present state."""
        share = self._share_done(picture)
        line = f"  {self._name}  {self._filled(share)}  {self._words(picture)}"
        if self._terminal:
            self._stream.write(f"\r\033[2K{line}")
        elif self._is_news(str(picture["status"])):
            self._stream.write(f"{line}\n")
        self._stream.flush()

    def end(self) -> None:
        if self._terminal:
            self._stream.write("\n")
            self._stream.flush()

    def _share_done(self, picture: dict[str, Any]) -> float:
        if picture["status"] == "ready":
            return 1.0
        left = picture.get("eta_seconds")
        if left is not None:
            passed = time.monotonic() - self._started
            self._whole = max(self._whole or 0.0, passed + left)
            if self._whole > 0:
                # A bar that goes back tells nothing; a longer estimate only makes it slower.
                self._share = max(self._share, min(0.99, passed / self._whole))
        return self._share

    def _filled(self, share: float) -> str:
        done = round(share * _WIDTH)
        bar = "█" * done + "░" * (_WIDTH - done)
        return f"\033[36m{bar}\033[0m" if self._colours else bar

    def _words(self, picture: dict[str, Any]) -> str:
        words = [_TOLD.get(picture["status"], str(picture["status"]))]
        if picture.get("position") is not None:
            words.append(f"position {picture['position']}")
        if picture.get("eta_seconds") is not None and picture["status"] != "ready":
            words.append(f"about {round(picture['eta_seconds'])} s")
        words.append(f"{time.monotonic() - self._started:.0f} s so far")
        return " · ".join(words)

    def _is_news(self, status: str) -> bool:
        said, when = self._last
        now = time.monotonic()
        if status == said and now - when < _QUIET_SECONDS:
            return False
        self._last = (status, now)
        return True
