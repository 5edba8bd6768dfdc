import base64
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

ROOT = Path(__file__).resolve().parents[2]
ENTRY = ROOT / "model" / "inference.py"
FAULTY_ENTRY = Path(__file__).with_name("faulty_server.py")
PATIENCE_SECONDS = 600  # only ever spent by a failing test


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error_code(self) -> str:
        code: str = self.json()["error"]["code"]
        return code

    @staticmethod
    def images(described: Mapping[str, Any]) -> list[Image.Image]:
        """Those of the JSON answer."""
        return [
            Image.open(io.BytesIO(base64.b64decode(image["data"]))).convert("RGB")
            for image in described["images"]
        ]

    def image(self) -> Image.Image:
        assert self.status == 200, self.body
        return Image.open(io.BytesIO(self.body)).convert("RGB")


def largest_difference(one: Image.Image, other: Image.Image) -> int:
    """Between any two pixels' channels, in 0..255."""
    extrema = ImageChops.difference(one, other).getextrema()
    return max(int(high) for _, high in extrema)  # type: ignore[misc]  # replaced for the measuring


Event = tuple[str, dict[str, Any]]


def events_of(body: bytes) -> list[Event]:
    """Server-sent events, without comments."""
    blocks = [block.splitlines() for block in body.decode("utf-8").split("\n\n")]
    return [
        (block[0].removeprefix("event: "), json.loads(block[1].removeprefix("data: ")))
        for block in blocks
        if len(block) == 2
    ]


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class RunningServer:
    """`python model/inference.py serve` as a child process, and its client."""

    def __init__(self, weights: Path, folder: Path, **env: str) -> None:
        self.port = int(env.get("SAGEMAKER_BIND_TO_PORT") or free_port())
        self.faults = folder / "faults"
        self.faults.mkdir(exist_ok=True)
        self._log = folder / "log.jsonl"
        entry = FAULTY_ENTRY if env.pop("FAULTY", "") else ENTRY
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(entry), "serve"],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env={
                    "PATH": os.environ["PATH"],
                    "MODEL_DIR": str(weights),
                    "MODEL_BIND_HOST": "127.0.0.1",
                    "SAGEMAKER_BIND_TO_PORT": str(self.port),
                    "MODEL_THREADS": "1",
                    "MODEL_RUNTIME": "torch",
                    "FAULTS": str(self.faults),
                }
                | env,
            )
        self._clients = ThreadPoolExecutor(64)

    def log(self) -> str:
        return self._log.read_text("utf-8")

    def events(self) -> list[str]:
        return [json.loads(line)["event"] for line in self.log().splitlines()]

    def request(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def ping(self) -> int:
        """The status of GET /ping, or 0 when nobody listens."""
        try:
            return self.request("GET", "/ping").status
        except OSError:
            return 0

    def wait_until_ready(self) -> "RunningServer":
        until(lambda: self.ping() == 200 or self.process.poll() is not None)
        assert self.process.poll() is None, self.log()
        return self

    def invoke(self, accept: str = "image/png", **parameters: Any) -> Answer:
        return self.invoke_raw(json.dumps(parameters).encode(), accept=accept)

    def invoke_images(self, **parameters: Any) -> list[Image.Image]:
        """All images of one request, by way of the JSON answer."""
        return Answer.images(self.invoke("application/json", **parameters).json())

    def invoke_raw(
        self, body: bytes, accept: str = "image/png", content_type: str = "application/json"
    ) -> Answer:
        headers = {"Content-Type": content_type, "Accept": accept}
        return self.request("POST", "/invocations", body, headers)

    def invoke_later(self, **parameters: Any) -> "Future[Answer]":
        return self._clients.submit(self.invoke, **parameters)

    def start_invocation(self, accept: str = "image/png", **parameters: Any) -> socket.socket:
        """Send a request and return its connection, to be closed before the answer."""
        body = json.dumps(parameters).encode()
        connection = socket.create_connection(("127.0.0.1", self.port))
        head = "POST /invocations HTTP/1.1\r\nHost: model\r\nContent-Type: application/json\r\n"
        head += f"Accept: {accept}\r\n"
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        return connection

    def metric(self, name: str) -> float:
        for line in self.request("GET", "/metrics").body.decode().splitlines():
            if line.startswith(f"{name} "):
                return float(line.rpartition(" ")[2])
        return 0.0

    def hold(self) -> None:
        """Stop before the next denoising step, until released."""
        (self.faults / "hold").touch()

    def release(self) -> None:
        (self.faults / "hold").unlink(missing_ok=True)

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def exit_code(self) -> int:
        return self.process.wait(PATIENCE_SECONDS)

    def close(self) -> None:
        self.release()
        self.process.kill()
        self.process.wait()
        self._clients.shutdown()


StartServer = Callable[..., RunningServer]
