"""Our own code as it is uploaded: with bytecode, and named by the hash of its sources."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from deepstory_cdk.packaging import archive
from deepstory_cdk.packaging.archive import Archive
from deepstory_cdk.packaging.layers import PYTHON
from deepstory_cdk.packaging.locks import exclusive
from deepstory_cdk.paths import BUILD, FUNCTIONS

PACKAGES = ("deepstory", "workers", "scheduler", "admin")
_DEPLOYED_AT = "/var/task"


def functions_archive() -> Archive:
    """Return the one asset of every Lambda but the API: all packages, whose handlers differ."""
    sources = {
        f"{package}/{name}": content
        for package in PACKAGES
        for name, content in archive.module_sources(FUNCTIONS / package).items()
        if name != "requirements.txt"
    }
    content_hash = archive.digest(sources, also=[PYTHON])
    target = BUILD / f"functions-{content_hash}.zip"
    with exclusive("functions"):
        if not target.exists():
            archive.discard(BUILD.glob("functions-*.zip"))
            _build(target, sources)
    return Archive(target, content_hash)


def recompile(package: Path) -> None:
    """Rewrite a zip of code in place: caches out, bytecode in, the same bytes each time."""
    with zipfile.ZipFile(package) as given:
        sources = {
            name: given.read(name)
            for name in given.namelist()
            if "__pycache__" not in name and not name.endswith("/")
        }
    cached = BUILD / f"api-{archive.digest(sources, also=[PYTHON])}.zip"
    if not cached.exists():
        archive.discard(BUILD.glob("api-*.zip"))
        _build(cached, sources)
    shutil.copyfile(cached, package)


def _build(target: Path, sources: dict[str, bytes]) -> None:
    BUILD.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=BUILD) as scratch:
        folder = Path(scratch)
        for name, content in sources.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        archive.compile_bytecode(folder, deployed_at=_DEPLOYED_AT)
        archive.write_zip(target, folder)
