"""One instance of an endpoint: a model process that is started, watched and ended."""

import asyncio
import logging
import os
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from local.cloud.sagemaker import container, tether

logger = logging.getLogger("sagemaker.model")

_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR")
_PING_LIMIT = 2.0
_START_POLL = 0.2
_HEALTH_POLL = 5.0
_FAILED_PINGS = 3
_STOP_GRACE = 30.0
_KEPT_LINES = 15


@dataclass(frozen=True, slots=True)
class Launch:
    """How the model process of one endpoint is started."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    start_limit: float
    generation: str


class Instance:
    """A model process. ``run`` lives as long as the process does."""

    def __init__(self, name: str, launch: Launch, changed: Callable[[], None]) -> None:
        self.name = name
        self.launch = launch
        self.in_flight = 0
        self.ready = False
        self.stopping = False
        self.port = 0
        self._changed = changed
        self._process: asyncio.subprocess.Process | None = None
        self._last_lines: deque[str] = deque(maxlen=_KEPT_LINES)

    async def run(self, mounted: Mapping[str, str]) -> str:
        """Start the process, announce it when it is healthy, and return why it ended."""
        self.port = _free_port()
        process = self._process = await self._spawn(mounted)
        output = asyncio.create_task(self._follow(process))
        ended = asyncio.create_task(process.wait())
        if self.stopping:
            self._signal(signal.SIGKILL)
        try:
            reason = await self._until_unhealthy(ended)
        finally:
            self.ready = False
            self._changed()
            self._signal(signal.SIGKILL)
            await ended
            await output
        return "\n".join([reason or _exit_text(process.returncode), *self._last_lines])

    async def stop(self) -> None:
        """Ask the process to finish its requests and end; kill it when it takes too long."""
        if self.stopping:
            return
        self.stopping = True
        self._signal(signal.SIGTERM)
        if self._process is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), _STOP_GRACE)
            self._signal(signal.SIGKILL)

    async def _spawn(self, mounted: Mapping[str, str]) -> asyncio.subprocess.Process:
        environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-S", "-E", str(Path(tether.__file__)), str(os.getpid())),
            *self.launch.command,
            env=environment
            | dict(self.launch.environment)
            | dict(mounted)
            | {
                "SAGEMAKER_BIND_TO_PORT": str(self.port),
                "MODEL_BIND_HOST": "127.0.0.1",
                "PYTHONUNBUFFERED": "1",
            },
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )

    async def _follow(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        while line := await _read_line(process.stdout):
            self._last_lines.append(line.rstrip())
            logger.info("%s: %s", self.name, line.rstrip())

    async def _until_unhealthy(self, ended: "asyncio.Task[int]") -> str | None:
        """Return the reason to end the process, or None when it has ended by itself."""
        try:
            async with asyncio.timeout(self.launch.start_limit):
                while await self._ping() != 200:
                    if await _done(ended, _START_POLL):
                        return None
        except TimeoutError:
            return f"no healthy ping within {self.launch.start_limit:.0f} s"
        self.ready = True
        self._changed()
        failed = 0
        while not await _done(ended, _HEALTH_POLL):
            status = await self._ping()
            failed = failed + 1 if status not in (0, 200) and not self.stopping else 0
            if status == 200 and not self.ready:
                self.ready = True
                self._changed()
            if failed >= _FAILED_PINGS:
                return f"it answered {failed} pings with status {status}"
        return None

    async def _ping(self) -> int:
        """Return the status of a ping; 0 is no answer, which a busy model may give at times."""
        with suppress(TimeoutError, container.UnreachableError, container.NoAnswerError):
            async with asyncio.timeout(_PING_LIMIT):
                return (await container.request(self.port, "GET", "/ping")).status
        return 0

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)


async def _read_line(stream: asyncio.StreamReader) -> str:
    try:
        return (await stream.readline()).decode(errors="replace")
    except ValueError:
        return "(a very long line)\n"


async def _done(task: "asyncio.Task[int]", seconds: float) -> bool:
    """Wait at most so long for a task, without cancelling it."""
    done, _ = await asyncio.wait([task], timeout=seconds)
    return bool(done)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _exit_text(status: int | None) -> str:
    if status is not None and status < 0:
        return f"ended by {signal.Signals(-status).name}"
    return f"exit status {status}"
