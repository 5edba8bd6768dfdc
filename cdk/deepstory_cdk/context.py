"""Reading what ``-c name=value`` says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Read = Callable[[str], Any]


class ContextError(ValueError):
    """A ``-c name=value`` that no deployment can have; the message names it."""


def text(read: Read, name: str, default: str = "") -> str:
    value = read(name)
    return default if value is None else str(value)


def choice(read: Read, name: str, *choices: str) -> str:
    """Return one of the choices, the first if none is named."""
    chosen = text(read, name) or choices[0]
    if chosen not in choices:
        raise ContextError(f"{name} must be one of {', '.join(choices)}, not {chosen!r}")
    return chosen


def flag(read: Read, name: str) -> bool:
    # cdk.json has true for what the command line has as text.
    return choice(lambda name: text(read, name).lower(), name, "false", "true") == "true"
