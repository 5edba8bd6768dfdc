"""Finds the running service and plays the demonstration against it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from local import datadir, service
from local.demo.client import DemoError
from local.demo.story import tell
from local.errors import StartError
from local.settings import RunSettings, from_environment


def main() -> int:
    """Return 0 if the whole story could be told."""
    try:
        settings = from_environment(os.environ, Path.cwd())
        url = _url(settings)
        tell(url, settings.data_dir / "demo")
    except (DemoError, StartError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
        return 130
    print(f"\nSee it all at {url}")
    return 0


def _url(settings: RunSettings) -> str:
    """Return where the service answers: at PORT if that is set, else where the last run is."""
    known = None if os.environ.get("PORT") else datadir.read(settings.run_file).get("url")
    url = str(known or settings.url)
    if not service.is_healthy(int(url.rpartition(":")[2])):
        raise DemoError(f"No service answers at {url}. Start it with make run, then try again.")
    return url


if __name__ == "__main__":
    sys.exit(main())
