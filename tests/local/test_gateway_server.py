"""The gateway under real granian workers."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from support.cloud import free_port

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
START_SECONDS = 180
MIB = 1024 * 1024


def wait_until(condition, seconds: float = START_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/v1/echo").status_code == 200
    except httpx.TransportError:
        return False


def start(port: int, workers: int = 2) -> subprocess.Popen:
    command = [sys.executable, "-m", "local.gateway.server", "gateway_app:app"]
    command += ["--path", str(HERE), "--port", str(port), "--workers", str(workers)]
    environment = {**os.environ, "AWS_LAMBDA_FUNCTION_NAME": "deployed-name"}
    return subprocess.Popen(command, cwd=ROOT, env=environment)


@pytest.fixture(scope="module")
def url():
    port = free_port()
    process = start(port)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: answers(url))
        yield url
    finally:
        process.terminate()
        assert process.wait(15) == 0


def exchange(url: str, data: bytes) -> bytes:
    """Send raw bytes and return what comes back until the server closes."""
    with closing(socket.create_connection(("127.0.0.1", httpx.URL(url).port), 10)) as connection:
        connection.sendall(data)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
        return received


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_concurrent_requests_never_see_each_others_data(url):
    def ask(number: int) -> dict:
        token = f"token-{number}"
        headers = {"x-token": token}
        answer = client.post(f"{url}/api/v1/slow/{token}", json={"token": token}, headers=headers)
        seen = answer.json()
        assert {seen[key] for key in ("path", "before", "after", "header")} == {token}
        return seen

    with httpx.Client(timeout=60) as client, ThreadPoolExecutor(32) as pool:
        seen = list(pool.map(ask, range(1600)))
    threads = defaultdict(set)
    for one in seen:
        threads[one["process"]].add(one["thread"])
    assert len(threads) == 2
    assert all(len(ids) == 1 for ids in threads.values())


def test_slow_upload_holds_up_nobody(url):
    port = httpx.URL(url).port
    head = b"POST /api/v1/echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"
    uploads = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
    try:
        for upload in uploads:
            upload.sendall(head)
        for _ in range(20):
            assert httpx.get(f"{url}/api/v1/echo", timeout=5).status_code == 200
    finally:
        for upload in uploads:
            upload.close()


@pytest.mark.parametrize("size", [10 * MIB + 1, 20 * MIB])
def test_body_over_10_mb_is_413(url, size):
    answer = httpx.post(f"{url}/api/v1/echo", content=b"x" * size)
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "payload_too_large"


def test_body_over_10_mb_in_chunks_is_413(url):
    answer = httpx.post(f"{url}/api/v1/echo", content=(b"x" * MIB for _ in range(11)))
    assert answer.status_code == 413


def test_client_that_asks_first_is_refused_before_it_sends(url):
    head = b"POST /api/v1/echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\n"
    received = exchange(url, head + b"expect: 100-continue\r\ncontent-length: 20000000\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GARBAGE\r\n\r\n",
        b"GET /api/v1/a b HTTP/1.1\r\nhost: x\r\n\r\n",
        b"POST /api/v1/echo HTTP/1.1\r\nhost: x\r\ncontent-length: abc\r\n\r\n",
        b"POST /api/v1/echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\n"
        b"transfer-encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_malformed_http_is_400(url, request_bytes):
    assert exchange(url, request_bytes).startswith(b"HTTP/1.1 400")


def test_too_long_headers_are_refused(url):
    answer = httpx.get(f"{url}/api/v1/echo", headers={"x": "a" * 11_000})
    assert answer.status_code == 431
    assert answer.json()["error"]["code"] == "headers_too_large"


def test_post_without_a_length_has_no_body(url):
    received = exchange(url, b"POST /api/v1/echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 200")
    assert b'"raw_body":""' in received


def test_exotic_header_bytes_are_no_server_error(url):
    head = b"GET /api/v1/echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-b: \xff\xfe\r\n\r\n"
    assert exchange(url, head).startswith(b"HTTP/1.1 200")


def test_function_context_names_the_deployed_function(url):
    assert httpx.get(f"{url}/api/v1/echo").json()["function"] == "deployed-name"


def test_front_page_is_the_web_app_or_else_leads_to_the_documentation(url):
    answer = httpx.get(url)
    if (ROOT / "web" / "dist" / "index.html").exists():
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
    else:
        assert (answer.status_code, answer.headers["location"]) == (302, "/api/v1/docs")


def test_path_outside_the_stage_is_404_in_the_contract_shape(url):
    answer = httpx.get(f"{url}/favicon.ico")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_head_has_no_body_over_the_wire(url):
    assert httpx.head(f"{url}/api/v1/echo").status_code == 404


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_killed_worker_comes_back_and_killed_server_leaves_no_worker():
    port = free_port()
    process = start(port, workers=1)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: answers(url))
        [worker] = children(process.pid)
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: not alive(worker))
        wait_until(lambda: answers(url))
        workers = children(process.pid)
    finally:
        process.kill()
        process.wait()
    wait_until(lambda: not any(alive(pid) for pid in workers))
