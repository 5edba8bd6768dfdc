"""The next release: a copy of the sources in which something has really changed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from local.settings import REPOSITORY

VERSION = "999.0.0"
_SOURCES = ("cdk", "functions", "model", "web", "cdk.json")
_SKIPPED = shutil.ignore_patterns(
    "__pycache__", "node_modules", "deployed", "weights", "src", "tests", "e2e", "training"
)
_LINKED = (".venv",)
_LAYERS = "layer-*.zip"


def prepare(directory: Path) -> Path:
    """Return a source tree whose code says that it is the next version."""
    for name in _SOURCES:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, directory / name, ignore=_SKIPPED, symlinks=True)
        else:
            shutil.copy2(source, directory / name)
    for name in _LINKED:
        (directory / name).symlink_to(REPOSITORY / name)
    # Third-party code did not change, and is not packed again.
    (directory / ".build").mkdir()
    for layer in (REPOSITORY / ".build").glob(_LAYERS):
        shutil.copy2(layer, directory / ".build")
    _raise_version(directory / "functions" / "deepstory" / "__init__.py")
    return directory


def _raise_version(path: Path) -> None:
    text, count = re.subn(
        r'(?m)^__version__ = ".*"$', f'__version__ = "{VERSION}"', path.read_text()
    )
    if count != 1:
        raise RuntimeError(f"{path} has no version to raise")
    path.write_text(text)
