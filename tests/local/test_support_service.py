"""A service that does not answer says why, in the tests that need it."""

import subprocess
import sys

import httpx
import pytest

from support.service import Service


@pytest.fixture
def silent(tmp_path):
    """A service whose port nobody listens on, with the logs of one that ended."""
    service = Service(tmp_path / "data")
    service.output.write_text("the reason on the screen")
    logs = service.data_dir / "logs"
    logs.mkdir(parents=True)
    (logs / "cloud.log").write_text("the reason of the cloud")
    (logs / "api.log").write_text("the reason of the API")
    return service


def failure(service: Service) -> str:
    with service.client() as client, pytest.raises(httpx.ConnectError) as refused:
        client.get("/health")
    return str(refused.value)


def test_ended_service_is_explained_by_what_it_printed(silent):
    silent.process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(1)"])
    silent.process.wait()
    message = failure(silent)
    assert "has ended (status 1)" in message
    for place in ("on the screen", "of the cloud", "of the API"):
        assert f"the reason {place}" in message


def test_running_service_with_a_silent_port_is_told_apart(silent):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        silent.process = process
        assert "still runs; nobody listens" in failure(silent)


def test_process_of_a_home_with_a_longer_name_is_not_its_own(tmp_path):
    homes = [Service(tmp_path / name) for name in ("home1", "home12")]
    code = "import sys; print(flush=True); input()"
    command = [sys.executable, "-c", code, str(homes[1].data_dir)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        assert [home.pids() for home in homes] == [[], [process.pid]]
        assert homes[1].pids(running=b"input()") == [process.pid]
        assert homes[1].pids(running=b"inference.py") == []
