"""Reads a Dockerfile into stages of instructions: as much of the language as ours uses."""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.image.errors import ImageError

_VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)")
_KNOWN = ("ARG", "FROM", "RUN", "COPY", "ENV", "USER", "WORKDIR", "CMD", "LABEL", "EXPOSE")
_INSTRUCTIONS = (*_KNOWN, "HEALTHCHECK")


@dataclass(frozen=True, slots=True)
class Instruction:
    name: str
    rest: str


@dataclass(frozen=True, slots=True)
class Stage:
    """What one FROM begins."""

    name: str
    base: str
    instructions: list[Instruction] = field(default_factory=list)

    def last(self, name: str) -> str:
        """Return what the last instruction of a name says; only that one counts in an image."""
        said = [one.rest for one in self.instructions if one.name == name]
        if not said:
            raise ImageError(f"the image has no {name}")
        return said[-1]


def parse(text: str) -> list[Instruction]:
    """Return the instructions; one that is not understood is refused, never passed over."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines)).splitlines()
    found = []
    for line in joined:
        name, _, rest = line.strip().partition(" ")
        if name and name not in _INSTRUCTIONS:
            raise ImageError(f"{name} is not understood here; teach local/image to carry it out")
        if name:
            found.append(Instruction(name, rest.strip()))
    return found


def stages(path: Path, build_args: Mapping[str, str]) -> list[Stage]:
    """Return the stages with the arguments before the first FROM filled into each FROM."""
    arguments: dict[str, str] = {}
    found: list[Stage] = []
    for one in parse(path.read_text("utf-8")):
        if one.name == "FROM":
            base, _, name = expand(one.rest, arguments).partition(" AS ")
            found.append(Stage(name, base))
        elif found:
            found[-1].instructions.append(one)
        elif one.name == "ARG":
            arguments |= argument(one.rest, build_args, arguments)
        else:
            raise ImageError(f"{one.name} stands before the first FROM")
    return found


def argument(rest: str, build_args: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Return the name and value of an ARG: what the builder was given, else its default."""
    name, _, default = rest.partition("=")
    return {name: build_args.get(name, expand(default, known))}


def pairs(rest: str, known: Mapping[str, str]) -> dict[str, str]:
    """Return the names and values of an ENV; all of it sees the values from before it."""
    split = (word.partition("=") for word in shlex.split(rest))
    return {name: expand(value, known) for name, _, value in split}


def expand(text: str, known: Mapping[str, str]) -> str:
    """Fill in variables; one that is not known is empty, as Docker has it."""
    return _VARIABLE.sub(lambda match: known.get(match[1] or match[2], ""), text)


def command(rest: str) -> list[str]:
    """Return a command in exec form, the only one in which signals reach the process."""
    try:
        words = json.loads(rest)
    except ValueError:
        raise ImageError(f"{rest!r} is not in exec form") from None
    return [str(word) for word in words]
