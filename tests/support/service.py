"""The whole service as ``make run`` starts it, for tests that talk HTTP to it."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from local import datadir, logs, ports
from support.cloud import ROOT, free_port

T = TypeVar("T")

PASSWORD = "correct horse"
START_SECONDS = 600.0
WAIT_SECONDS = 600.0
TAIL_CHARACTERS = 3000

_people = itertools.count(1)
# Of no use to these addresses, but each client wants one, and making it takes longer than a call.
_TLS = ssl.create_default_context()


def wait_for(look: Callable[[], T], *, seconds: float = WAIT_SECONDS) -> T:
    """Look again and again until there is something to see; fail after a generous while."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < deadline, f"nothing after {seconds} seconds: {seen!r}"
        time.sleep(0.1)


def fetch(url: str) -> httpx.Response:
    """Get what lies at an address that needs no token."""
    return httpx.get(url, trust_env=False, verify=_TLS, timeout=60)


def kill(pid: int) -> None:
    """Kill a process that was there a moment ago."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


class _Explaining(httpx.HTTPTransport):
    """Adds to a failed connection why the service may not answer."""

    def __init__(self, service: Service) -> None:
        super().__init__(trust_env=False, verify=_TLS)
        self._service = service

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return super().handle_request(request)
        except httpx.TransportError as error:
            # Of the same type, since a test that takes the service down expects that one.
            raise type(error)(f"{error}\n{self._service.explanation()}") from error


@dataclass
class Service:
    """One home in a directory of its own, which a test may stop, kill and start again."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1"

    @property
    def output(self) -> Path:
        return self.data_dir.with_suffix(".output")

    @property
    def permissions(self) -> Path:
        """Where the embedded cloud may record which role used which permission."""
        return self.data_dir.with_suffix(".permissions")

    def start(self) -> Service:
        environment = os.environ | {
            "PORT": str(self.port),
            "DATA_DIR": str(self.data_dir),
            "DEMO": "0",
            "DEMO_PASSWORD": PASSWORD,
            **self.settings,
        }
        environment.pop("MAKELEVEL", None)
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "local.run"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            wait_for(self._is_up, seconds=START_SECONDS)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.explanation()}") from None
        return self

    def stop(self) -> int:
        return self.end(signal.SIGTERM)

    def end(self, number: int) -> int:
        """End the starting process with a signal and return its exit status."""
        process = self.process
        if process is None:
            return 0
        process.send_signal(number)
        return process.wait(timeout=180)

    def pids(self, running: bytes = b"") -> list[int]:
        """Return every process of this home, or those of which the command has ``running``.

        They are known by its data directory; only the API's have its port instead.
        """
        data = re.compile(re.escape(os.fsencode(self.data_dir)) + rb"(?![\w.-])")
        api = b"\0local.gateway.server\0", f"\0--port\0{self.port}\0".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdecimal() or int(entry.name) == os.getpid():
                continue
            try:
                environment = (entry / "environ").read_bytes()
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            is_ours = data.search(environment) or data.search(command)
            if (is_ours or all(part in command for part in api)) and running in command:
                found.append(int(entry.name))
        return found

    def kill_everything(self) -> None:
        """End every process of this home as a power cut would."""
        for pid in self.pids():
            kill(pid)
        if self.process is not None:
            self.process.wait(timeout=180)
        wait_for(lambda: not self.pids())

    def client(self, token: str | None = None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(
            base_url=self.url,
            headers=headers,
            timeout=60,
            trust_env=False,
            transport=_Explaining(self),
        )

    def explanation(self) -> str:
        """Say what became of the starting process, and what it and its children printed last."""
        status = None if self.process is None else self.process.poll()
        if self.process is None:
            told = "The service was not started."
        elif status is not None:
            told = f"The service's starting process has ended ({logs.ending(status)})."
        else:
            holder = ports.holder_of(self.port) or "nobody"
            told = f"The service's starting process still runs; {holder} listens on its port."
        names = ("cloud.previous.log", "cloud.log", "api.previous.log", "api.log")
        for log in (self.output, *(self.data_dir / "logs" / name for name in names)):
            told += f"\n--- {log}\n{logs.tail(log)[-TAIL_CHARACTERS:]}"
        return told

    def sign_up(self, **changes: Any) -> Person:
        """Return a new person, logged in."""
        number = next(_people)
        body = {
            "email": f"person{number}.{os.getpid()}@example.com",
            "password": PASSWORD,
            "name": f"사람 {number}",
            "birth_date": "1995-05-05",
            "gender": "undisclosed",
            "token_delivery": "body",
        } | changes
        with self.client() as client:
            answer = client.post("/auth/signup", json=body)
        assert answer.status_code == 201, answer.text
        session = answer.json()
        return Person(self, session["user"], session["access_token"], session["refresh_token"])

    def admin(self) -> Person:
        body = {"email": "admin@deepstory.local", "password": PASSWORD, "token_delivery": "body"}
        with self.client() as client:
            answer = client.post("/auth/login", json=body)
        assert answer.status_code == 200, answer.text
        session = answer.json()
        return Person(self, session["user"], session["access_token"], session["refresh_token"])

    def cloud_url(self) -> str:
        """Return where the embedded AWS answers."""
        state = json.loads((self.data_dir / "cloud" / "cloud.json").read_text())
        return str(state["endpoint_url"])

    def _is_up(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, "it ended while it started"
        # Whoever answers on the port may be another: only this file tells who does.
        if datadir.read(self.data_dir / "run.json").get("pid") != self.process.pid:
            return False
        try:
            return fetch(f"{self.url}/health").status_code == 200
        except httpx.TransportError:
            return False


@dataclass
class Person:
    """Somebody who is logged in."""

    service: Service
    user: dict[str, Any]
    access_token: str
    refresh_token: str

    @property
    def id(self) -> str:
        return str(self.user["id"])

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        with self.service.client(self.access_token) as client:
            return client.request(method, path, **options)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def draw(self, prompt: str, **order: Any) -> list[str]:
        """Ask for pictures and return their ids."""
        answer = self.call("POST", "/pictures", json={"prompt": prompt, **order})
        assert answer.status_code == 202, answer.text
        return [picture["id"] for picture in answer.json()["items"]]

    def picture(self, picture_id: str, *statuses: str) -> dict[str, Any]:
        """Wait until the picture has one of the statuses, and return it."""

        def look() -> dict[str, Any] | None:
            picture: dict[str, Any] = self.get(f"/pictures/{picture_id}")
            return picture if picture["status"] in statuses else None

        found = wait_for(look)
        assert found is not None
        return found

    def post(self, **changes: Any) -> dict[str, Any]:
        body = {"title": "하루", "text": "오늘은 바다에 갔다.", "visibility": "public"} | changes
        answer = self.call("POST", "/posts", json=body)
        assert answer.status_code == 201, answer.text
        post: dict[str, Any] = answer.json()
        return post


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One running service for the session; tests keep apart by signing up people of their own."""
    running = Service(tmp_path_factory.mktemp("service"))
    running.settings["IAM_RECORD"] = str(running.permissions)
    try:
        yield running.start()
    finally:
        running.stop()
        running.kill_everything()
