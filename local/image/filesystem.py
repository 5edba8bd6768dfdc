"""Root file systems as layers over a base, in memory: gone with the namespace that holds them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from local.image.errors import ImageError

DEBIAN = "bookworm"
DEBIAN_PYTHON = "usr/bin/python"
_BUILDERS = ("/etc/ssl/certs", "/etc/xdg/pip")
SEARCH_PATH = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"


def run(*command: str | Path) -> None:
    """Run a command of this machine; its output is shown only when it fails."""
    done = subprocess.run(  # noqa: S603 - the commands are this package's own
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        raise ImageError(f"{command[0]} failed: {done.stdout[-2000:]}")


class RootFileSystem:
    """A writable layer over a read-only base.

    The base stands in for the image that FROM names, which only a registry has: a Debian as small
    as the one Python's slim images are made of, or this machine's own system.
    """

    def __init__(self, folder: Path, base: Path) -> None:
        self.path = folder / "root"
        self.search_path = SEARCH_PATH
        upper, work = folder / "upper", folder / "work"
        for one in (self.path, upper, work):
            one.mkdir(parents=True)
        layers = f"lowerdir={base},upperdir={upper},workdir={work}"
        run("mount", "-t", "overlay", "overlay", "-o", layers, self.path)
        self._add_python(base)
        for name in ("proc", "dev", "tmp"):
            (self.path / name).mkdir(exist_ok=True)
        run("mount", "-t", "proc", "proc", self.path / "proc")
        run("mount", "--bind", "/dev", self.path / "dev")
        run("mount", "-t", "tmpfs", "-o", "mode=1777", "tmpfs", self.path / "tmp")
        # Names are resolved as on this machine while building, as Docker sees to.
        shutil.copy("/etc/resolv.conf", self.path / "etc/resolv.conf", follow_symlinks=True)
        if base != Path("/"):
            self._borrow(*_BUILDERS, *os.environ.get("PIP_FIND_LINKS", "").split())

    def _borrow(self, *names: str) -> None:
        """Show how this machine reaches a package index, as mounts that are in no layer."""
        for name in names:
            source, inside = Path(name), self.path / name.lstrip("/")
            if source.is_absolute() and source.is_dir():
                inside.mkdir(parents=True, exist_ok=True)
                run("mount", "--bind", "-o", "ro", source, inside)

    def _add_python(self, base: Path) -> None:
        """Give the base what Python's image has: `python` on the path, for everybody."""
        if base != Path("/"):
            (self.path / DEBIAN_PYTHON).symlink_to("python3")
            return
        own = Path(sys.base_prefix) / "bin"
        self.search_path = f"{own}:{SEARCH_PATH}"
        for folder in (self.path / own.relative_to("/")).parents:
            if folder == self.path:
                break
            folder.chmod(folder.stat().st_mode | 0o055)


def debian(cache: Path) -> Path:
    """Return a small Debian with Python, made by debootstrap the first time."""
    ready = cache / DEBIAN
    if not ready.is_dir():
        if shutil.which("debootstrap") is None:
            raise ImageError("debootstrap is missing (on Debian: apt-get install debootstrap)")
        cache.mkdir(parents=True, exist_ok=True)
        partial = cache / f"{DEBIAN}.{os.getpid()}"
        try:
            packages = "--include=python3,python3-venv,ca-certificates"
            run("debootstrap", "--variant=minbase", packages, DEBIAN, partial)
            partial.rename(ready)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return ready
