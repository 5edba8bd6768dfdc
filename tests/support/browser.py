"""The web app in a real browser, against the whole service."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from support.cloud import ROOT
from support.service import PASSWORD, Service

_SECONDS = 3000
# Those that local/setup/chromium.sh looks for, the cheaper one first.
_BROWSERS = ("chromium-headless-shell", "chromium")


def browse(service: Service, script: str) -> subprocess.CompletedProcess[str]:
    """Run one of the web app's scripts against a service, as ``npm run SCRIPT`` does."""
    address = service.url.removesuffix("/api/v1")
    return subprocess.run(
        ["npm", "run", "--silent", "--prefix", "web", script],  # noqa: S607  # found by its name, like make does
        cwd=ROOT,
        env=os.environ
        | {"URL": address, "PASSWORD": PASSWORD, "CHROMIUM": _chromium(), "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )


def _chromium() -> str:
    """Return the browser's path: of the one that CHROMIUM names, if it names one."""
    named = os.environ.get("CHROMIUM")
    found = filter(None, map(shutil.which, [named] if named else _BROWSERS))
    path = next(found, None)
    assert path, "There is no Chromium: run make chromium."
    return path


def main() -> int:
    """Run the named script against a service that lives only for it."""
    with tempfile.TemporaryDirectory() as directory:
        service = Service(Path(directory) / "data")
        try:
            done = browse(service.start(), sys.argv[1])
        finally:
            service.stop()
            service.kill_everything()
    print(done.stdout, done.stderr, sep="\n")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
