"""The embedded cloud for tests: one process per session, one AWS account per test.

A ``conftest.py`` makes the fixtures known with
``from support.cloud import account, cloud  # noqa: F401``.
"""

import itertools
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from local import ports

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-cloud" / "bin" / "python"
REGION = "us-east-1"
START_SECONDS = 300.0
PORTS = range(10_000, 16_000)
WORKERS = 16

_accounts = itertools.count(100_000_000_001)


def fresh_account() -> str:
    """Return an account id that no other test uses; tables of other accounts are invisible."""
    return f"{next(_accounts):012d}"


def _own_ports() -> Iterator[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    own = PORTS[worker % WORKERS :: WORKERS]
    # Another run of the tests, at the same time, is likely to begin elsewhere.
    first = os.getpid() % len(own)
    return itertools.cycle([*own[first:], *own[:first]])


_ports = _own_ports()


def free_port() -> int:
    """Return a port that nobody uses, and that no other test process will be given.

    Systems give ports of this range neither to outgoing connections nor to those who ask for any,
    so it also stays free while what is to listen there starts, or is killed and starts again.
    """
    return next(port for port in _ports if ports.is_free(port))


@dataclass
class Cloud:
    """An embedded cloud in its own process, which a test may stop, kill and start again."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint_url(self) -> str:
        """Where every AWS service of this cloud answers."""
        return f"http://127.0.0.1:{self.port}"

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the process without waiting for it to be ready."""
        command = [PYTHON, "-m", "local.cloud", "--data-dir", self.data_dir, "--port", self.port]
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with self._errors.open("w") as errors:
            self.process = subprocess.Popen(
                [str(part) for part in command], cwd=ROOT, stderr=errors, start_new_session=True
            )
        return self.process

    def start(self) -> "Cloud":
        """Start the process and wait until it is ready."""
        process = self.spawn()
        ready = self.data_dir / "cloud.json"
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready(ready, process.pid):
            if process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"the cloud did not start: {self.errors()}")
            time.sleep(0.02)
        return self

    @staticmethod
    def _is_ready(ready: Path, pid: int) -> bool:
        try:
            return str(pid) in ready.read_text()
        except FileNotFoundError:  # also while the new process removes what the killed one left
            return False

    def stop(self) -> int:
        """Stop in order and return the exit status."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the process as a power cut would, leaving it no chance to save."""
        self._end(signal.SIGKILL)

    def errors(self) -> str:
        """Return what the process wrote to its standard error since it was started."""
        return self._errors.read_text()

    def client(self, service: str, account: str = "test", **settings: Any) -> Any:
        """Return a boto3 client of one account that fails fast unless told otherwise."""
        defaults: dict[str, Any] = {
            "connect_timeout": 5,
            "read_timeout": 30,
            "retries": {"total_max_attempts": 1},
        }
        return boto3.client(  # type: ignore[call-overload]  # the name is a variable
            service,
            endpoint_url=self.endpoint_url,
            region_name=REGION,
            aws_access_key_id=account,
            aws_secret_access_key="test",
            config=Config(**(defaults | settings)),
        )

    def environment(self, account: str = "test") -> dict[str, str]:
        """Return the standard settings by which any AWS client finds this cloud."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @property
    def _errors(self) -> Path:
        return self.data_dir.with_suffix(".errors")

    def _end(self, number: int) -> int:
        process = self.process
        if process is None:
            return 0
        # Not by os.kill: once it was waited for, its id may be another process's.
        process.send_signal(number)
        return process.wait(timeout=180)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """One cloud for the whole session; tests keep apart by using their own ``account``."""
    running = Cloud(tmp_path_factory.mktemp("cloud")).start()
    yield running
    running.stop()


@pytest.fixture
def own_cloud(tmp_path: Path) -> Iterator[Cloud]:
    """A cloud of this test's own, to stop, kill and start again."""
    running = Cloud(tmp_path / "data").start()
    yield running
    running.kill()


@pytest.fixture
def account() -> str:
    """An AWS account of this test's own: also its access key."""
    return fresh_account()
