"""The HTTP side of a home: its accounts, and granian in place of API Gateway and the API Lambda."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from local import logs, ports, processes
from local.errors import StartError
from local.settings import REPOSITORY, RunSettings

_FUNCTIONS = REPOSITORY / "functions"
_HEALTH = "/api/v1/health"
_SEED_SECONDS = 60.0
_READY_SECONDS = 120.0


def seed(accounts: list[dict[str, str]], password: str, environment: Mapping[str, str]) -> None:
    """Make the accounts that are missing.

    Raises
    ------
    StartError : it did not work.
    """
    try:
        done = subprocess.run(  # our own module
            [sys.executable, "-m", "local.seed"],
            input=json.dumps({"accounts": accounts, "password": password}),
            env={**environment, "PYTHONPATH": str(_FUNCTIONS)},
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=_SEED_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise StartError(f"The accounts were not made within {_SEED_SECONDS:.0f} s.") from error
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise StartError(f"The accounts could not be made: {last[0]}")


def start(
    settings: RunSettings, environment: Mapping[str, str], *, functions: Path = _FUNCTIONS
) -> subprocess.Popen[bytes]:
    """Start granian with the API's code; it is ready when ``wait`` returns."""
    command = [sys.executable, "-m", "local.gateway.server", "app:app"]
    for directory in (functions / "api", functions):
        command += ["--path", str(directory)]
    command += ["--port", str(settings.port), "--workers", str(settings.workers)]
    return processes.start(
        command,
        environment={**environment, "MAILBOX_DIR": str(settings.mailbox_dir)},
        directory=REPOSITORY,
        log=logs.fresh(settings.log_dir / "api.log"),
        # It keeps nothing, and the port has to be free for the next run at once.
        orphan_signal=signal.SIGKILL,
    )


def wait(settings: RunSettings, process: subprocess.Popen[bytes]) -> None:
    """Return once health is 200.

    Raises
    ------
    StartError : the process died or took too long.
    """
    deadline = time.monotonic() + _READY_SECONDS
    log = settings.log_dir / "api.log"
    while not is_healthy(settings.port):
        if processes.ended(process):
            processes.stop(process, seconds=0)
            raise StartError(
                f"The API did not start ({logs.ending(process.returncode)}): "
                f"{logs.last_line(log)} Its log: {log}"
            )
        if time.monotonic() > deadline:
            raise StartError(f"The API does not answer. Its log: {log}")
        time.sleep(0.05)


def is_healthy(port: int) -> bool:
    """Tell whether the API answers on this port."""
    connection = HTTPConnection(ports.HOST, port, timeout=5)
    try:
        connection.request("GET", _HEALTH)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
