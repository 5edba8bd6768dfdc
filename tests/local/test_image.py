"""The model's image, built without a Docker engine and run as SageMaker would run it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local.image import building, dockerfile
from local.image.errors import ImageError

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 540


@pytest.mark.skipif(
    os.getuid() != 0 or shutil.which("unshare") is None, reason="only root can change its root"
)
def test_image_keeps_the_contract_of_sagemaker() -> None:
    """On this machine's own system as the base; `make image-check` takes a small Debian."""
    given = ["--build-arg=TORCH_INDEX=https://pypi.org/simple", "--build-arg=COMPILERS="]
    done = subprocess.run(
        [sys.executable, "-m", "local.image", "--base", "host", *given],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    checks = [line for line in done.stdout.splitlines() if line.startswith("✓")]
    assert [line.split(":")[0] for line in checks] == ["✓ port 8080", "✓ port 18080"]
    for line in checks:
        assert "ping 503 -> 200, user 10001 without capabilities" in line


def test_arguments_are_filled_in_where_docker_fills_them_in(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(
        "# a comment\nARG BASE=python:3\nFROM ${BASE} AS first\nARG KIND=cpu\nARG INDEX=x/${KIND}\n"
        'RUN one \\\n    # another comment\n    && two\nFROM ${BASE}\nCMD ["serve"]\n'
    )
    first, last = dockerfile.stages(tmp_path / "Dockerfile", {"BASE": "python:4"})
    assert (first.name, first.base, last.base) == ("first", "python:4", "python:4")
    assert first.last("RUN").split() == ["one", "&&", "two"]
    assert dockerfile.argument("INDEX=x/${KIND}", {}, {"KIND": "cpu"}) == {"INDEX": "x/cpu"}
    assert dockerfile.argument("INDEX=x", {"INDEX": "y"}, {}) == {"INDEX": "y"}
    assert dockerfile.command(last.last("CMD")) == ["serve"]


def test_environment_sees_the_values_from_before_it() -> None:
    found = dockerfile.pairs("PATH=/opt/venv/bin:${PATH} HOME=/home/x NAME='a b'", {"PATH": "/bin"})
    assert found == {"PATH": "/opt/venv/bin:/bin", "HOME": "/home/x", "NAME": "a b"}


@pytest.mark.parametrize("text", ["FROM x\nONBUILD RUN y", "RUN x\nFROM y", "FROM x\nSHELL z"])
def test_what_is_not_understood_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "Dockerfile").write_text(text)
    with pytest.raises(ImageError):
        dockerfile.stages(tmp_path / "Dockerfile", {})


def test_command_in_shell_form_is_refused() -> None:
    with pytest.raises(ImageError, match="exec form"):
        dockerfile.command("serve --now")


def test_what_dockerignore_shuts_out_is_not_copied(tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").write_text("*\n!kept\n!more/*.py\n")
    for name in ("kept/a", "more/b.py", "more/c.txt", "secret"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    kept = building.kept(tmp_path / ".dockerignore")
    sent = [
        name
        for name in ("kept/a", "more/b.py", "more/c.txt", "secret")
        if building.is_sent(name, kept)
    ]
    assert sent == ["kept/a", "more/b.py"]
