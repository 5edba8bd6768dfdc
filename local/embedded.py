"""Starts the embedded cloud and waits until it answers."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from local import datadir, environments, logs, ports, processes
from local.errors import StartError
from local.settings import REPOSITORY, RunSettings

_USUAL_PORT = 4566
_READY_SECONDS = 90.0
_PORTS = 5
# The statuses with which local.cloud refuses to start; the last line it prints says why.
_REFUSALS = range(3, 8)
_PORT_IN_USE = 5


class PortTakenError(StartError):
    """Another program took the cloud's port between the choice and the start."""


def start_on_free_port(
    settings: RunSettings,
    environment: Mapping[str, str],
    begun: Callable[[subprocess.Popen[bytes]], None],
) -> str:
    """Return the endpoint once the cloud is ready; ``begun`` is told of its process before.

    Another home that starts right now may want the same port: then it is tried with others.
    """
    for _ in range(_PORTS - 1):
        with suppress(PortTakenError):
            return _started(settings, environment, begun)
    return _started(settings, environment, begun)


def _started(
    settings: RunSettings,
    environment: Mapping[str, str],
    begun: Callable[[subprocess.Popen[bytes]], None],
) -> str:
    process = start(settings, choose_port(settings), environment)
    begun(process)
    return wait(settings, process)


def choose_port(settings: RunSettings) -> int:
    """Return the port of the last run, so that URLs signed then stay good, or another free one."""
    memory = settings.data_dir / "cloud-port.json"
    wanted = (datadir.read(memory).get("port"), _USUAL_PORT)
    port = next((port for port in wanted if isinstance(port, int) and ports.is_free(port)), None)
    port = port or ports.any_free()
    datadir.write(memory, {"port": port})
    return port


def start(
    settings: RunSettings, port: int, environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    (settings.cloud_dir / "cloud.json").unlink(missing_ok=True)
    python = REPOSITORY / ".venv-cloud" / "bin" / "python"
    return processes.start(
        [python, "-m", "local.cloud", "--data-dir", settings.cloud_dir, "--port", str(port)],
        environment=environments.tools(environment),
        directory=REPOSITORY,
        log=logs.fresh(settings.log_dir / "cloud.log"),
    )


def wait(settings: RunSettings, process: subprocess.Popen[bytes]) -> str:
    """Return the endpoint once the cloud is ready.

    Raises
    ------
    PortTakenError : another port may do.
    StartError : it refused to start, died, or took too long.
    """
    deadline = time.monotonic() + _READY_SECONDS
    log = settings.log_dir / "cloud.log"
    while True:
        if processes.ended(process):
            processes.stop(process, seconds=0)
            failure = PortTakenError if process.returncode == _PORT_IN_USE else StartError
            raise failure(_reason(process.returncode, log))
        ready = datadir.read(settings.cloud_dir / "cloud.json")
        if ready.get("pid") == process.pid:
            return str(ready["endpoint_url"])
        if time.monotonic() > deadline:
            raise StartError(f"The embedded cloud does not answer. Its log: {log}")
        time.sleep(0.05)


def credentials(endpoint_url: str, function: str) -> dict[str, str]:
    """Return the variables that make a client act as this Lambda, with its role and no more.

    Raises
    ------
    StartError : the cloud does not give them.
    """
    address = urlsplit(endpoint_url)
    connection = HTTPConnection(str(address.hostname), address.port, timeout=30)
    try:
        connection.request("GET", f"/_deepstory/credentials/{function}")
        answer = connection.getresponse()
        if answer.status != 200:
            raise StartError(f"The embedded cloud has no role for {function}.")
        given: dict[str, str] = json.load(answer)
        return given
    finally:
        connection.close()


def death(process: subprocess.Popen[bytes], log: Path) -> str:
    """Say that a cloud that was running has gone."""
    return (
        f"The embedded cloud ended by itself ({logs.ending(process.returncode)}). What it had "
        f"confirmed is kept; start again with make run. Its log: {log}"
    )


def _reason(status: int, log: Path) -> str:
    last = logs.last_line(log)
    if status in _REFUSALS and last:
        return last
    return f"The embedded cloud did not start ({logs.ending(status)}): {last} Its log: {log}"
