"""Where generated text lies in the documents: between two comments, the rest is written by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.costs import report
from benchmarks.costs.model import Model

DOCS = Path(__file__).parents[2] / "docs"
CHART = DOCS / "images" / "costs.svg"
PARTS: Mapping[str, Mapping[str, Callable[[Model], str]]] = {
    "costs.md": {
        "rest": report.rest,
        "users": report.users,
        "pictures": report.pictures,
        "prices": report.prices,
    },
    "capacity.md": {"limits": report.capacity},
}


def renewed(name: str, text: str, model: Model) -> str:
    """Return a document with its generated parts made anew.

    Raises
    ------
    LookupError : the document lacks the comments of a part.
    """
    for part, make in PARTS[name].items():
        marks = f"<!-- begin {part}: make costs -->", f"<!-- end {part} -->"
        between = re.compile(f"({re.escape(marks[0])}\n).*?({re.escape(marks[1])})", re.DOTALL)
        made = make(model)
        text, found = between.subn(f"{marks[0]}\n{_escaped(made)}\n{marks[1]}", text)
        if found != 1:
            raise LookupError(f"{name} has the part {part} {found} times")
    return text


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\")
