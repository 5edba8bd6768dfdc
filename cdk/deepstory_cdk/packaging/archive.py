"""Zip files whose bytes depend on nothing but their content."""

from __future__ import annotations

import compileall
import hashlib
import os
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode

_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16


@dataclass(frozen=True)
class Archive:
    """A zip to upload, and the hash that names its sources: equal sources are not sent again."""

    path: Path
    content_hash: str


def compile_bytecode(folder: Path, *, deployed_at: str) -> None:
    """Put a .pyc beside every module, trusted by Lambda without looking at the source.

    Lambda unpacks zips with other file times than ours, so a time-stamped .pyc would be stale at
    every cold start. ``deployed_at`` is the folder's place in Lambda, shown in tracebacks.
    """
    done = compileall.compile_dir(
        folder,
        quiet=1,
        force=True,
        stripdir=str(folder),
        prependdir=deployed_at,
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
    )
    if not done:
        raise SyntaxError(f"a module below {folder} does not compile; see the message above")


def write_zip(target: Path, folder: Path) -> None:
    """Write the folder's files to a zip in one step: readers see the old file or the whole new."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(f".{os.getpid()}.partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
            entry.external_attr = _MODE
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    partial.replace(target)


def digest(contents: Mapping[str, bytes], *, also: Iterable[str] = ()) -> str:
    """Return a short name for these contents and the circumstances given in ``also``."""
    sha = hashlib.sha256()
    for name in sorted(contents):
        sha.update(f"{name}\0{len(contents[name])}\0".encode())
        sha.update(contents[name])
    for circumstance in also:
        sha.update(f"\0{circumstance}".encode())
    return sha.hexdigest()[:16]


def module_sources(folder: Path) -> dict[str, bytes]:
    """Return what a folder of code ships: its files without caches, by path relative to it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def discard(stale: Iterable[Path]) -> None:
    """Remove archives that a newer one replaces; another process may have done so already."""
    for path in stale:
        path.unlink(missing_ok=True)
