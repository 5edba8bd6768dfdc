"""The process that compiles: how it ends, and what is drawn when it is of no use."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from model.serving.painter import Painter
from tests.model.compiled_start import ALL, accelerated, draw, files, settings
from tests.model.running_server import ROOT, RunningServer, until


def test_a_compiler_that_dies_leaves_everything_to_the_network(
    smallest_weights: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    eager = Painter(settings(smallest_weights, tmp_path, MODEL_RUNTIME="torch"))
    painter, compiled = accelerated(settings(smallest_weights, tmp_path / "cache"))
    assert compiled.ready() == []
    assert caplog.messages.count("compiling_failed") == len(ALL)
    assert draw(painter) == draw(eager)


def test_the_compiler_ends_with_the_server(smallest_weights: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "model.serving.compiling", "--tied"]
    ended = subprocess.run(
        [*command, "--model", smallest_weights, "--out", tmp_path],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
    )
    assert ended.returncode == 1
    assert not files(tmp_path)


def test_a_server_that_is_told_to_stop_does_not_wait_for_the_compiler(
    smallest_weights: Path, tmp_path: Path
) -> None:
    env = {"MODEL_RUNTIME": "compiled", "MODEL_CACHE_DIR": str(tmp_path / "cache")}
    server = RunningServer(smallest_weights, tmp_path, **env)
    try:
        until(lambda: "compiling" in server.wait_until_ready().events())
        server.terminate()
        assert server.exit_code() == 0
    finally:
        server.close()
    assert "compiled" not in server.events()
