"""Rehearses: ``make rehearse``, or ``python -m local.rehearsal`` where everything is installed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from local import datadir, ports
from local.demo.client import DemoError
from local.errors import StartError
from local.progress import Console
from local.rehearsal.rehearsal import rehearse
from local.rehearsal.smoke import SmokeError
from local.rehearsal.trial import Trial
from local.settings import RunSettings

_STAGES = ("dev", "prod")


def main() -> int:
    """Return 0 if all went as it must; otherwise say where the logs are."""
    console = Console()
    stage = os.environ.get("STAGE") or "dev"
    if stage not in _STAGES:
        console.failure(f"STAGE must be one of {', '.join(_STAGES)}, not {stage!r}.")
        return 2
    with TemporaryDirectory(prefix="deepstory-rehearsal-", ignore_cleanup_errors=True) as name:
        settings = RunSettings(port=ports.any_free(), data_dir=Path(name) / "home", demo=False)
        console.line(f"Rehearsing stage {stage} in {name}")
        try:
            with datadir.held(settings):
                trial = Trial(settings, stage=stage)
                try:
                    rehearse(trial, console, Path(name) / "next-release")
                finally:
                    trial.stop()
        except (StartError, SmokeError, DemoError) as error:
            console.failure(str(error))
            for log in sorted(settings.log_dir.glob("*.log")):
                console.line(f"\n--- the end of {log.name}\n{log.read_text()[-2000:]}")
            return 1
        except KeyboardInterrupt:
            console.line("Stopped.")
            return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
