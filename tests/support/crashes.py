"""Ending a run at any of its steps."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any


class Crash(Exception):
    """The process ends here."""


def crashing(
    act: Callable[..., Any], counter: itertools.count[int], step: int, after: bool
) -> Callable[..., Any]:
    """Return the act with the end of the process before or after it, at its turn."""

    def run(*args: Any, **kwargs: Any) -> Any:
        is_turn = next(counter) == step
        if is_turn and not after:
            raise Crash
        done = act(*args, **kwargs)
        if is_turn:
            raise Crash
        return done

    return run
