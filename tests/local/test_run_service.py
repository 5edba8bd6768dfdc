"""The whole home as a person starts and stops it."""

import contextlib
import hashlib
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from support.service import Service, wait_for

ROOT = Path(__file__).parents[2]
REFUSAL_SECONDS = 60
STOP_SECONDS = 15
DEMONSTRATION_SECONDS = 600
PNG = b"\x89PNG\r\n"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home whose stack is deployed and which is stopped."""
    service = Service(tmp_path_factory.mktemp("home") / "data")
    service.settings = {"DEMO": "1", "DEMO_PASSWORD": ""}
    try:
        service.start()
        first = told(service)
        assert service.end(signal.SIGINT) == 0
        service.first_output = first
        yield service
    finally:
        service.kill_everything()


@pytest.fixture
def running(home):
    """The home, up; a later test finds it so."""
    if home.process.poll() is not None:
        home.output.write_text("")
        home.start()
    return home


@pytest.fixture
def stopped(home):
    """The home, down."""
    home.end(signal.SIGTERM)
    wait_for(lambda: not home.pids(), seconds=STOP_SECONDS)
    return home


def told(service: Service) -> str:
    """Return what a person saw, once the welcome is complete."""
    return wait_for(lambda: (text := service.output.read_text()) and "Ctrl-C" in text and text)


def refuse(home: Service, **settings: str) -> str:
    """Start a run that must not come up, and return its last line."""
    environment = {**os.environ, "PORT": str(home.port), "DATA_DIR": str(home.data_dir)}
    environment.pop("MAKELEVEL", None)
    done = subprocess.run(
        [sys.executable, "-m", "local.run"],
        cwd=ROOT,
        env=environment | settings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=REFUSAL_SECONDS,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    failures = [line for line in done.stdout.splitlines() if line.startswith("✗")]
    assert failures == done.stdout.splitlines()[-1:]
    return failures[0]


def log_in(service: Service, email: str, password: str) -> int:
    with service.client() as client:
        answer = client.post("/auth/login", json={"email": email, "password": password})
    return answer.status_code


# What tells who runs now, and is no data: a run that was ended by force leaves it behind.
RUN_FILES = {"cloud.lock", "cloud.json"}


def contents(directory: Path) -> dict[str, str]:
    """What is kept: all files but those of a run and of ``tmp``, which every start empties."""
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in directory.rglob("*")
        if path.is_file()
        and path.name not in RUN_FILES
        and path.relative_to(directory).parts[0] != "tmp"
    }


def test_first_start_shows_every_step_and_the_accounts(home):
    steps = re.findall(r"✓ (.+) \(", home.first_output)
    assert steps == [
        "Starting the embedded cloud",
        "Deploying the stack with the CDK",
        "Preparing the accounts",
        "Starting the API",
    ]
    assert f"http://127.0.0.1:{home.port}" in home.first_output
    for email in ("admin@", "demo1@", "demo2@"):
        assert f"{email}deepstory.local" in home.first_output


def test_second_start_skips_the_deployment_and_keeps_the_accounts(running):
    output = told(running)
    assert "Deploying" not in output
    password = re.search(r"password (\S+)", output)[1]
    assert password in running.first_output
    for name in ("admin", "demo1", "demo2"):
        assert log_in(running, f"{name}@deepstory.local", password) == 200


def test_data_in_use_is_refused_while_the_first_run_goes_on(running):
    message = refuse(running)
    assert "already in use" in message
    assert f"http://127.0.0.1:{running.port}" in message
    assert log_in(running, "nobody@example.com", "wrong password") == 401


def test_demonstration_tells_its_whole_story(running):
    done = subprocess.run(
        [sys.executable, "-m", "local.demo"],
        cwd=ROOT,
        env={**os.environ, "PORT": "", "DATA_DIR": str(running.data_dir)},
        capture_output=True,
        text=True,
        timeout=DEMONSTRATION_SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    saved = sorted((running.data_dir / "demo").iterdir())
    assert [path.name[:3] for path in saved] == ["en-", "ko-"]
    assert all(path.read_bytes().startswith(PNG) for path in saved)
    top = done.stdout.partition("most liked")[2]
    assert re.search(r"1\. +1 ♥", top)
    assert re.search(r"2\. +1 ♥", top)


def test_killed_api_is_started_again(running):
    with running.client() as client:
        pids = [pid for pid in descendants(running.process.pid) if "gateway" in command(pid)]
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_for(lambda: "starting it again" in running.output.read_text())
        wait_for(lambda: healthy(client))


def test_killed_run_leaves_no_process_and_starts_again(running):
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()
    wait_for(lambda: not running.pids(), seconds=STOP_SECONDS)
    running.start()


def test_death_of_the_cloud_ends_everything_with_a_reason(running):
    [cloud] = [pid for pid in descendants(running.process.pid) if "local.cloud" in command(pid)]
    os.kill(cloud, signal.SIGKILL)
    assert running.process.wait(STOP_SECONDS) == 1
    [failure] = [line for line in running.output.read_text().splitlines() if "✗" in line]
    assert "The embedded cloud ended by itself (SIGKILL)" in failure
    wait_for(lambda: not running.pids(), seconds=STOP_SECONDS)


def test_given_password_works_for_accounts_that_exist(stopped):
    kept = (stopped.data_dir / "demo-password").read_text().strip()
    stopped.settings["DEMO_PASSWORD"] = "given at start"
    try:
        stopped.start()
        assert log_in(stopped, "admin@deepstory.local", "given at start") == 200
        assert log_in(stopped, "admin@deepstory.local", kept) == 401
        assert stopped.end(signal.SIGTERM) == 0
    finally:
        stopped.settings["DEMO_PASSWORD"] = ""


def test_busy_port_is_refused_and_the_data_is_untouched(stopped):
    before = contents(stopped.data_dir / "cloud")
    with contextlib.closing(socket.socket()) as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        message = refuse(stopped, PORT=str(port))
    assert f"Port {port} is in use by" in message
    assert "make run PORT=" in message
    assert contents(stopped.data_dir / "cloud") == before


def test_damaged_data_is_refused_and_untouched(stopped):
    # Earlier generations are past, and not read at a start.
    files = list((stopped.data_dir / "cloud" / "dynamodb").iterdir())
    newest = max(path.name.partition("-")[2] for path in files)
    journals = [path for path in files if path.name.endswith(newest)]
    victim = max(journals, key=lambda path: path.stat().st_size)
    whole = victim.read_bytes()
    middle = len(whole) // 2
    victim.write_bytes(whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :])
    try:
        before = contents(stopped.data_dir / "cloud")
        message = refuse(stopped)
        assert "damaged" in message
        assert victim.name in message
        assert contents(stopped.data_dir / "cloud") == before
    finally:
        victim.write_bytes(whole)


def test_interrupted_start_leaves_no_process(stopped):
    with stopped.output.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "local.run"],
            cwd=ROOT,
            env=os.environ | {"PORT": str(stopped.port), "DATA_DIR": str(stopped.data_dir)},
            stdout=output,
            stderr=output,
        )
    wait_for(lambda: any("local.cloud" in command(pid) for pid in descendants(process.pid)))
    process.send_signal(signal.SIGINT)
    assert process.wait(STOP_SECONDS) == 0
    wait_for(lambda: not stopped.pids(), seconds=STOP_SECONDS)


def healthy(client: httpx.Client) -> bool:
    try:
        return client.get("/health").status_code == 200
    except httpx.TransportError:
        return False


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except FileNotFoundError:
        return ""


def descendants(pid: int) -> list[int]:
    found = []
    with contextlib.suppress(FileNotFoundError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found += [int(child), *descendants(int(child))]
    return found
