"""A stand-in for the model container: speaks its HTTP contract and answers with the request.

The environment of the container steers it: ECHO_START_SECONDS (before it is healthy),
ECHO_SECONDS (per invocation), ECHO_LOG (a file that gets a line per invocation begun).
A request body ``{"do": ...}`` steers one invocation: ``crash``, ``reject`` (422), ``break``
(500), ``wait`` (until the file named in ``until`` exists).
"""

import json
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_READY_AT = time.monotonic() + float(os.environ.get("ECHO_START_SECONDS", "0"))
_LOG_LOCK = threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(200 if time.monotonic() >= _READY_AT else 503, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = json.loads(body)
        _note(request)
        time.sleep(float(os.environ.get("ECHO_SECONDS", "0")))
        action = request.get("do")
        if action == "crash":
            os.kill(os.getpid(), signal.SIGKILL)
        if action == "wait":
            while not Path(request["until"]).exists():
                time.sleep(0.02)
        if action == "reject":
            self._answer(422, b'{"error":{"code":"bad_prompt","message":"no"}}')
        elif action == "break":
            self._answer(500, b'{"error":{"code":"broken","message":"oops"}}')
        else:
            seen = {
                "echo": request,
                "content_type": self.headers.get("Content-Type"),
                "accept": self.headers.get("Accept"),
                "custom": self.headers.get("X-Amzn-SageMaker-Custom-Attributes"),
                "pid": os.getpid(),
            }
            self._answer(200, json.dumps(seen).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _note(request: object) -> None:
    if log := os.environ.get("ECHO_LOG"):
        with _LOG_LOCK, Path(log).open("a") as file:
            file.write(json.dumps(request) + "\n")


def main() -> None:
    if sys.argv[1:] != ["serve"]:
        sys.exit("usage: echo_model.py serve")
    if os.environ.get("ECHO_REFUSE"):
        sys.exit("the weights can't be loaded")
    address = (os.environ["MODEL_BIND_HOST"], int(os.environ["SAGEMAKER_BIND_TO_PORT"]))
    server = ThreadingHTTPServer(address, _Handler)
    server.daemon_threads = False
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()
    server.server_close()


if __name__ == "__main__":
    main()
