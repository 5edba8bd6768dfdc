"""Runs an image as Amazon SageMaker would, and holds it to the container's contract."""

import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path

from local.image.errors import ImageError
from local.image.filesystem import RootFileSystem, run

_CLONE_NEWNET = 0x40000000
_UP = 0x1
_GET_FLAGS, _SET_FLAGS = 0x8913, 0x8914
READY_SECONDS = 180
STOP_SECONDS = 30
STEPS = "model_steps_total"
PNG = b"\x89PNG\r\n\x1a\n"


def leave_network() -> None:
    """Have this process and its children see a network with nothing in it but themselves."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET):
        raise ImageError(f"no network namespace: {os.strerror(ctypes.get_errno())}")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        request = struct.pack("16sH14s", b"lo", 0, b"")
        _, flags, _ = struct.unpack("16sH14s", fcntl.ioctl(probe, _GET_FLAGS, request))
        fcntl.ioctl(probe, _SET_FLAGS, struct.pack("16sH14s", b"lo", flags | _UP, b""))


class Container:
    """The image's command in its root file system, started as root, with weights read-only."""

    def __init__(
        self,
        root: RootFileSystem,
        environment: Mapping[str, str],
        command: list[str],
        weights: Path,
        port: int | None = None,
    ) -> None:
        self._root, self._port = root, port or 8080
        self._environment = dict(environment)
        if port:
            self._environment["SAGEMAKER_BIND_TO_PORT"] = str(port)
        mount = root.path / "opt/ml/model"
        if not mount.is_dir():
            mount.mkdir(parents=True)
            run("mount", "--bind", "-o", "ro", weights, mount)
        self._process = subprocess.Popen(  # noqa: S603 - the image's own command
            ["chroot", str(root.path), *command],  # noqa: S607  # found by its name, as in a shell
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def pings_until_ready(self) -> list[int]:
        """Return the different statuses of /ping in their order, up to the first 200."""
        seen: list[int] = []
        deadline = time.monotonic() + READY_SECONDS
        while 200 not in seen:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ImageError(f"serve did not become healthy: {self.output()}")
            status = self.ask("GET", "/ping")[0]
            if status and status not in seen:
                seen.append(status)
            time.sleep(0.02)
        return seen

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Return status and body of an answer; 0 when nobody listens."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=READY_SECONDS)
        try:
            headers = {"Content-Type": "application/json"} if body else {}
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        except OSError:
            return 0, b""
        finally:
            connection.close()

    def draw(self, steps: int) -> bytes:
        """Return a picture."""
        wish = {"prompt": "고양이, 수채화", "seed": 7, "steps": steps}
        status, body = self.ask("POST", "/invocations", json.dumps(wish).encode())
        if status != 200 or not body.startswith(PNG):
            raise ImageError(f"/invocations answered {status}: {body[:300]!r}")
        return body

    def steps(self) -> float:
        """Return how many denoising steps it has done."""
        lines = self.ask("GET", "/metrics")[1].decode().splitlines()
        return sum(float(line.split()[1]) for line in lines if line.startswith(f"{STEPS} "))

    def user(self) -> tuple[int, int]:
        """Return whom the server runs as, and what capabilities it has left."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        fields = dict(line.split(":", 1) for line in lines if ":" in line)
        return int(fields["Uid"].split()[0]), int(fields["CapEff"], 16)

    def health_check(self, command: list[str]) -> None:
        """Run the image's own health check beside the server."""
        inside = ["chroot", str(self._root.path), *command]
        done = subprocess.run(  # noqa: S603 - the image's own check
            inside, env=self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ImageError(f"the health check failed: {done.stderr[-500:]}")

    def stop(self) -> int:
        """Ask for an end as SageMaker does; return the exit status."""
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            raise ImageError(f"SIGTERM did not end it in {STOP_SECONDS} s") from None

    def kill(self) -> None:
        """End it if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def output(self) -> str:
        """Return what it wrote, after it ended."""
        self.kill()
        return self._process.communicate()[0].decode(errors="replace")[-2000:]
