"""``make run``: brings the whole service up on this machine, keeps it up, and takes it down."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local import accounts, datadir, embedded, environments, logs, ports, processes, service
from local.deploy import Deployment
from local.errors import StartError
from local.progress import Console
from local.settings import RunSettings, from_environment

_LOOK_SECONDS = 0.5
_API_STOP_SECONDS = 4.0
_CLOUD_STOP_SECONDS = 5.0
_PORT_SECONDS = 5.0
_API_RESTARTS = 3
_API_RESTART_SECONDS = 60.0
_ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Home:
    """One running service: the embedded cloud, and granian in front of it."""

    def __init__(self, settings: RunSettings, console: Console) -> None:
        self._settings = settings
        self._console = console
        self._cloud: subprocess.Popen[bytes] | None = None
        self._api: subprocess.Popen[bytes] | None = None
        self._api_environment: dict[str, str] = {}
        self._api_endings: list[float] = []

    def start(self) -> None:
        """Bring everything up; StartError when something is in the way."""
        settings, console = self._settings, self._console
        with console.step("Starting the embedded cloud"):
            endpoint_url = self._start_cloud()
        deployment = Deployment(settings, endpoint_url, os.environ)
        if not deployment.is_current():
            with console.step("Deploying the stack with the CDK"):
                deployment.deploy(console.detail)
        function = deployment.api_function()
        self._api_environment = environments.function(
            os.environ, function.environment(endpoint_url)
        )
        password = accounts.password(settings)
        people = accounts.accounts(settings)
        with console.step("Preparing the accounts"):
            service.seed(people, password, self._api_environment)
        with console.step("Starting the API"):
            self._start_api()
        datadir.write(settings.run_file, {"pid": os.getpid(), "url": settings.url})
        self._welcome(password, people)

    def watch(self) -> None:
        """Stay until something ends for good; StartError then says what."""
        while True:
            time.sleep(_LOOK_SECONDS)
            if self._cloud is not None and processes.ended(self._cloud):
                processes.stop(self._cloud, seconds=0)
                log = self._settings.log_dir / "cloud.log"
                raise StartError(embedded.death(self._cloud, log))
            if self._api is not None and processes.ended(self._api):
                processes.stop(self._api, seconds=0)
                self._restart_api(logs.ending(self._api.returncode))

    def stop(self) -> None:
        """End both, the API first; what does not obey is killed."""
        if self._api is not None:
            processes.stop(self._api, seconds=_API_STOP_SECONDS)
        if self._cloud is not None:
            processes.stop(self._cloud, seconds=_CLOUD_STOP_SECONDS)

    def _start_cloud(self) -> str:
        return embedded.start_on_free_port(self._settings, os.environ, self._keep_cloud)

    def _keep_cloud(self, process: subprocess.Popen[bytes]) -> None:
        self._cloud = process

    def _restart_api(self, ending: str) -> None:
        now = time.monotonic()
        self._api_endings = [t for t in self._api_endings if now - t < _API_RESTART_SECONDS]
        self._api_endings.append(now)
        if len(self._api_endings) > _API_RESTARTS:
            log = self._settings.log_dir / "api.log"
            raise StartError(f"The API keeps ending ({ending}). Its log: {log}")
        with self._console.step(f"The API ended ({ending}); starting it again"):
            self._start_api()

    def _start_api(self) -> None:
        self._api = service.start(self._settings, self._api_environment)
        service.wait(self._settings, self._api)

    def _welcome(self, password: str, people: list[dict[str, str]]) -> None:
        console, url = self._console, self._settings.url
        console.line()
        console.line(f"Deep-Story is running at {console.bold(url)}")
        console.line(f"  API documentation  {url}/api/v1/docs")
        console.line(f"  Mails that it sends {url}/mailbox")
        console.line(f"  Accounts, each with the password {console.bold(password)}")
        for person in people:
            role = " (administrator)" if person["role"] == "admin" else ""
            console.line(f"    {person['email']}{role}")
        console.line(f"  Data and logs are in {self._settings.data_dir}")
        console.line("  Ctrl-C ends everything.")


def main() -> int:
    """Run until stopped; the status is 0 after a wanted end and 1 after an unwanted one."""
    console = Console()
    _answer_to_signals()
    try:
        settings = from_environment(os.environ, Path.cwd())
        console.line("Deep-Story")
        with datadir.held(settings):
            _wait_for_port(settings)
            with ports.kept(settings.port), _running(Home(settings, console), console) as home:
                home.start()
                home.watch()
    except StartError as error:
        console.failure(str(error))
        return 1
    except KeyboardInterrupt:
        console.line("Stopped.")
        return 0
    except OSError as error:
        console.failure(_system_failure(error))
        return 1
    return 0


def _system_failure(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "The disk is full. Free some space, then run this again; stored data is unharmed."
    return f"{error.strerror or error}: {error.filename or 'no file'}."


@contextmanager
def _running(home: Home, console: Console) -> Iterator[Home]:
    try:
        yield home
    except KeyboardInterrupt:
        console.line("Stopping …")
        raise
    finally:
        for number in _ENDING_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        home.stop()


def _answer_to_signals() -> None:
    """Make every wish to end this process the same exception, and outlive no ``make``."""
    for number in _ENDING_SIGNALS:
        signal.signal(number, signal.default_int_handler)
    if "MAKELEVEL" in os.environ:
        processes.die_with_parent(os.getppid(), signal.SIGTERM)


def _wait_for_port(settings: RunSettings) -> None:
    """Insist on the port; after a run that was killed its last process may still be leaving."""
    deadline = time.monotonic() + (_PORT_SECONDS if settings.run_file.exists() else 0.0)
    while not ports.is_free(settings.port) and time.monotonic() < deadline:
        time.sleep(0.1)
    settings.run_file.unlink(missing_ok=True)
    ports.expect_free(settings.port)


if __name__ == "__main__":
    sys.exit(main())
