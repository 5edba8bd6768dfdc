import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.model.running_server import RunningServer, StartServer

# No test may depend on how fast the machine is.
hypothesis.settings.register_profile("deepstory", deadline=None)
hypothesis.settings.load_profile("deepstory")

# torch lives in an environment of its own.
if importlib.util.find_spec("torch") is None:
    collect_ignore_glob = ["test_*.py"]


def _tiny_pipeline(kind: str, folder: Path) -> Path:
    script = Path(__file__).with_name("tiny_pipeline.py")
    subprocess.run([sys.executable, script, kind, folder], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _tiny_pipeline("sd", tmp_path_factory.mktemp("weights") / "sd")


@pytest.fixture(scope="session")
def tiny_sdxl_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _tiny_pipeline("sdxl", tmp_path_factory.mktemp("weights") / "sdxl")


@pytest.fixture(scope="session")
def tiny_checked_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _tiny_pipeline("checked", tmp_path_factory.mktemp("weights") / "checked")


@pytest.fixture(scope="session")
def smallest_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of one size, whose networks are compiled for three shapes."""
    folder = _tiny_pipeline("smallest", tmp_path_factory.mktemp("weights") / "smallest")
    described = {"sizes": {"1:1": [16, 16]}, "max_side": 32, "max_batch": 1}
    (folder / "deepstory.json").write_text(json.dumps(described))
    return folder


@pytest.fixture(scope="session")
def tiny_distilled_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _tiny_pipeline("distilled", tmp_path_factory.mktemp("weights") / "distilled")


@pytest.fixture(scope="session")
def tiny_lcm_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _tiny_pipeline("lcm", tmp_path_factory.mktemp("weights") / "lcm")


@pytest.fixture
def start_server(tmp_path: Path, tiny_weights: Path) -> Iterator[StartServer]:
    """Start a server that ends with the test; keywords are its environment."""
    started: list[RunningServer] = []

    def start(weights: Path = tiny_weights, **env: str) -> RunningServer:
        folder = tmp_path / f"server-{len(started)}"
        folder.mkdir()
        started.append(RunningServer(weights, folder, **env))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture(scope="session")
def server(tiny_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One ready server for everything that leaves no trace in it."""
    running = RunningServer(tiny_weights, tmp_path_factory.mktemp("server"))
    try:
        yield running.wait_until_ready()
    finally:
        running.close()


@pytest.fixture(scope="session")
def _faulty(
    tiny_weights: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("faulty")
    running = RunningServer(tiny_weights, folder, FAULTY="yes", MODEL_QUEUE_SIZE="8")
    try:
        yield running.wait_until_ready()
    finally:
        running.close()


@pytest.fixture
def faulty_server(_faulty: RunningServer) -> Iterator[RunningServer]:
    """One ready server for faults it gets over; without any at the start of a test."""
    yield _faulty
    for fault in _faulty.faults.iterdir():
        fault.unlink()
