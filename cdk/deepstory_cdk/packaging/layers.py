"""Third-party code as Lambda layers, built once for each set of pins.

Built zips stay in ``.build/``; with a warm cache nothing here touches the network.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from deepstory_cdk.packaging import archive, pruning
from deepstory_cdk.packaging.archive import Archive
from deepstory_cdk.packaging.locks import exclusive
from deepstory_cdk.paths import BUILD, FUNCTIONS

PYTHON = "3.11"
# Lambda's Python 3.11 runs on glibc 2.26, and pip takes every platform name literally.
PLATFORMS = (
    *(f"manylinux_2_{minor}_x86_64" for minor in range(26, 16, -1)),
    *(f"manylinux{name}_x86_64" for name in ("2014", "_2_12", "2010", "_2_5", "1")),
)
# Chalice's own packager adds its runtime to the API, the only Lambda that uses it.
PACKAGED_BY_CHALICE = "chalice"


class PackagingError(Exception):
    """The code of the Lambdas cannot be put together; the message says what to do."""


def runtime_layer() -> Archive:
    """Return the layer that every Lambda has."""
    return _layer("runtime", FUNCTIONS / "requirements.txt")


def imaging_layer() -> Archive:
    """Return the layer of the Lambda that makes thumbnails."""
    return _layer("imaging", FUNCTIONS / "workers" / "requirements.txt")


def _layer(name: str, requirements: Path) -> Archive:
    pins = _pins(requirements)
    constraints = FUNCTIONS / "constraints.txt"
    content_hash = archive.digest(
        {
            "pins": "\n".join(pins).encode(),
            "constraints": constraints.read_bytes(),
            "recipe": Path(__file__).read_bytes(),
            "pruning": Path(pruning.__file__).read_bytes(),
        },
        also=[PYTHON],
    )
    target = BUILD / f"layer-{name}-{content_hash}.zip"
    with exclusive(f"layer-{name}"):
        if not target.exists():
            archive.discard(BUILD.glob(f"layer-{name}-*.zip"))
            _build(target, pins, constraints)
    return Archive(target, content_hash)


def _pins(requirements: Path) -> list[str]:
    lines = [line.partition("#")[0].strip() for line in requirements.read_text().splitlines()]
    return [line for line in lines if line and line.partition("==")[0] != PACKAGED_BY_CHALICE]


def _build(target: Path, pins: list[str], constraints: Path) -> None:
    with TemporaryDirectory(dir=BUILD) as scratch:
        packages = Path(scratch) / "python"
        _install(pins, constraints, packages)
        pruning.prune(packages)
        archive.compile_bytecode(packages, deployed_at="/opt/python")
        archive.write_zip(target, Path(scratch))


def _install(pins: list[str], constraints: Path, target: Path) -> None:
    if shutil.disk_usage(BUILD).free < 500 * 2**20:
        raise PackagingError("less than 500 MB of disk are free: make room, then run again")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-compile", "--only-binary=:all:", "--implementation", "cp"]
    command += ["--python-version", PYTHON, "--constraint", str(constraints)]
    command += [f"--platform={platform}" for platform in PLATFORMS]
    command += ["--target", str(target), *pins]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # pip
    if done.returncode:
        reason = next((x for x in done.stderr.splitlines() if x.startswith("ERROR")), "pip failed")
        raise PackagingError(f"cannot install {', '.join(pins)} for Lambda: {reason}")
