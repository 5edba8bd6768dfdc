"""What a deployed stack calls its tables and its bucket."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHAPES = Path(__file__).resolve().parents[1] / "tables.json"

Clients = Callable[[str], Any]


class RestoreError(Exception):
    """One line: why nothing was restored, or no more than was told."""


@dataclass(frozen=True)
class Live:
    """The names by which the service itself finds what it stores."""

    variables: dict[str, str]

    def table(self, name: str) -> str:
        try:
            return self.variables[f"{name.upper()}_TABLE"]
        except KeyError:
            raise RestoreError(f"There is no table {name}.") from None

    @property
    def bucket(self) -> str:
        return self.variables["PICTURES_BUCKET"]


def find(clients: Clients, stack: str) -> Live:
    """Ask the stack's API Lambda, which knows them all."""
    (found,) = clients("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}
    function = clients("lambda").get_function_configuration(FunctionName=outputs["ApiFunctionName"])
    return Live(function["Environment"]["Variables"])


def shape(name: str) -> dict[str, Any]:
    """Return a table's key, indexes, stream and expiry."""
    found: dict[str, Any] = json.loads(SHAPES.read_text())[name]
    return found
