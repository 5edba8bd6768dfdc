"""Tells whether anything that the deployed stack is made of has changed."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

_INPUTS = ("cdk", "functions", "cdk.json")
_DERIVED = ("__pycache__", "node_modules", "deployed", "deployments", "cdk.out")


def of(repository: Path, *, also: Iterable[str] = ()) -> str:
    """Return a hash of the sources of the stack, of this Python, and of what else counts."""
    digest = hashlib.sha256()
    for text in (*also, sys.version):
        digest.update(f"{text}\0".encode())
    for path in sorted(_files(repository)):
        content = path.readlink().as_posix().encode() if path.is_symlink() else path.read_bytes()
        name = path.relative_to(repository).as_posix()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _files(repository: Path) -> Iterator[Path]:
    for name in _INPUTS:
        yield from _below(repository / name)


def _below(path: Path) -> Iterator[Path]:
    if path.is_symlink() or path.is_file():
        yield path
    elif path.is_dir():
        for child in path.iterdir():
            if child.name not in _DERIVED:
                yield from _below(child)
