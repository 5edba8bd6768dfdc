"""The image itself can only be built where a docker engine is; these read its recipe."""

import json
import os
import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.model.running_server import ROOT

MODEL = ROOT / "model"


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    text = (MODEL / "Dockerfile").read_text("utf-8")
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    joined = lines.replace("\\\n", " ").splitlines()
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in joined) if name]


def arguments(instructions: list[tuple[str, str]], name: str) -> list[str]:
    return [rest for instruction, rest in instructions if instruction == name]


def test_every_copied_file_is_there_and_not_ignored(instructions: list[tuple[str, str]]) -> None:
    sources = [
        rest.split()[0]
        for rest in arguments(instructions, "COPY")
        if not rest.startswith("--from=packages ")
    ]
    assert {"inference.py", "serving", "serve", "weights", "requirements.txt"} == set(sources)
    kept = (MODEL / ".dockerignore").read_text("utf-8").splitlines()
    for source in sources:
        assert (MODEL / source).exists()
        assert any(line.removeprefix("!").startswith(source) for line in kept)


def test_every_version_is_pinned(instructions: list[tuple[str, str]]) -> None:
    (image,) = [rest for rest in arguments(instructions, "ARG") if rest.startswith("PYTHON_IMAGE")]
    assert re.fullmatch(r"PYTHON_IMAGE=python:\d+\.\d+\.\d+-slim-\w+", image)
    assert all(rest.startswith("${PYTHON_IMAGE}") for rest in arguments(instructions, "FROM"))
    for requirement in (MODEL / "requirements.txt").read_text("utf-8").splitlines():
        assert re.fullmatch(r"[a-z-]+==\d+(\.\d+)+", requirement)
    for command in arguments(instructions, "RUN"):
        assert not re.search(r"pip install(?! --no-cache-dir)", command)
        assert re.findall(r" -r /tmp/(\w+)\.txt", command) in ([], ["torch", "requirements"])


def test_the_server_is_started_by_serve_on_the_path(instructions: list[tuple[str, str]]) -> None:
    assert arguments(instructions, "CMD")[-1] == '["serve"]'
    assert not arguments(instructions, "ENTRYPOINT")
    assert "serve /usr/local/bin/serve" in arguments(instructions, "COPY")
    assert os.access(MODEL / "serve", os.X_OK)


def test_the_health_check_asks_ping(instructions: list[tuple[str, str]]) -> None:
    (check,) = arguments(instructions, "HEALTHCHECK")
    command = json.loads(check.partition("CMD ")[2])
    assert command[:2] == ["python", "-c"]
    compile(command[2], "healthcheck", "exec")
    assert "/ping" in command[2]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give up root")
def test_serve_gives_up_root() -> None:
    """With a stand-in for Python that tells who runs it, and how."""
    with TemporaryDirectory() as folder:  # tmp_path is for its owner only
        Path(folder).chmod(0o755)
        python = Path(folder) / "python"
        python.write_text('#!/bin/sh\necho "$@"\ncat /proc/self/status\n')
        python.chmod(0o755)
        result = subprocess.run(
            [MODEL / "serve"],
            env={"PATH": f"{folder}:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        )
    said = result.stdout.replace("\t", " ")
    assert said.startswith("/opt/deepstory/model/inference.py serve\n")
    assert "Uid: 10001 10001 10001 10001" in said
    assert "Gid: 10001 10001 10001 10001" in said
    assert re.search(r"Groups: *\n", said)
    assert re.search(r"CapEff: 0+\n", said)
    assert "NoNewPrivs: 1" in said
