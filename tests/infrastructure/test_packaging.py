from __future__ import annotations

import ast
import importlib.util
import marshal
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from deepstory_cdk.packaging import archive, layers, pruning, sources
from infrastructure.synthesis import ROOT, Template

MEGABYTE = 2**20
IMPORTS = """
import argon2, boto3, dateutil, jwt, msgspec, pynamodb.models, tzdata, zoneinfo
from aws_lambda_powertools import Logger
from argon2 import PasswordHasher
assert PasswordHasher().hash("x").startswith("$argon2id$")
assert zoneinfo.ZoneInfo("Asia/Seoul")
for service in {services!r}:
    boto3.client(service, region_name="us-east-1")
"""


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runtime layer as Lambda unpacks it."""
    return unpacked(layers.runtime_layer().path, tmp_path_factory.mktemp("runtime"))


def unpacked(package: Path, folder: Path) -> Path:
    with zipfile.ZipFile(package) as given:
        given.extractall(folder)
    return folder


def run_isolated(code: str, packages: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={"PYTHONPATH": str(packages), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


def deployed_api(prod: Template) -> Path:
    def holds_app(package: Path) -> bool:
        with zipfile.ZipFile(package) as given:
            return "app.py" in given.namelist()

    return next(path for path in prod.folder.glob("asset.*.zip") if holds_app(path))


def test_the_runtime_layer_alone_has_all_that_lambdas_import(runtime: Path) -> None:
    done = run_isolated(IMPORTS.format(services=sorted(pruning.AWS_SERVICES)), runtime / "python")
    assert done.returncode == 0, done.stderr


def test_the_imaging_layer_alone_can_make_a_thumbnail(tmp_path: Path) -> None:
    folder = unpacked(layers.imaging_layer().path, tmp_path)
    code = (
        "from PIL import Image, features; assert features.check('webp'); Image.new('RGB', (2, 2))"
    )
    done = run_isolated(code, folder / "python")
    assert done.returncode == 0, done.stderr


def test_layers_stay_small_enough_to_start_fast() -> None:
    assert layers.runtime_layer().path.stat().st_size < 8 * MEGABYTE
    assert layers.imaging_layer().path.stat().st_size < 10 * MEGABYTE


def test_our_own_packages_stay_small_enough_to_start_fast(prod: Template) -> None:
    # Half as large again as when they were measured: benchmarks/results/lambda-packages.md
    assert deployed_api(prod).stat().st_size < 2.4 * MEGABYTE
    assert sources.functions_archive().path.stat().st_size < 1.4 * MEGABYTE


def test_what_lambda_unpacks_is_far_from_its_limit(prod: Template) -> None:
    packages = (
        deployed_api(prod),
        sources.functions_archive().path,
        layers.runtime_layer().path,
        layers.imaging_layer().path,
    )
    sizes = []
    for package in packages:
        with zipfile.ZipFile(package) as given:
            sizes.append(sum(each.file_size for each in given.infolist()))
    # Lambda takes 250 MB for a function with its layers.
    assert sum(sizes) < 60 * MEGABYTE


def test_every_aws_client_that_code_makes_is_described_in_the_layer() -> None:
    made = {
        node.args[0].value
        for path in (ROOT / "functions").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "").endswith("client")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert made
    assert made <= pruning.AWS_SERVICES


def test_every_package_in_the_layers_is_pinned(runtime: Path) -> None:
    files = ("requirements.txt", "constraints.txt", "workers/requirements.txt")
    lines = "\n".join((ROOT / "functions" / name).read_text() for name in files).splitlines()
    pinned = {line.partition("==")[0].replace("_", "-").lower() for line in lines if "==" in line}
    installed = {
        path.name.partition("-")[0].replace("_", "-").lower()
        for path in (runtime / "python").glob("*.dist-info")
    }
    assert installed <= pinned


def test_bytecode_is_trusted_without_a_look_at_the_source(prod: Template) -> None:
    with zipfile.ZipFile(deployed_api(prod)) as given:
        compiled = [name for name in given.namelist() if name.endswith(".pyc")]
        modules = [name for name in given.namelist() if name.endswith(".py")]
        header = given.read("__pycache__/app.cpython-311.pyc")[:8]
    assert len(compiled) == len(modules)
    assert header[:4] == importlib.util.MAGIC_NUMBER
    # Bit 0: named by a hash; bit 1, which asks to check it, is not set.
    assert int.from_bytes(header[4:], "little") == 0b01


def test_tracebacks_of_deployed_code_show_where_lambda_has_it(prod: Template) -> None:
    with zipfile.ZipFile(deployed_api(prod)) as given:
        code = marshal.loads(given.read("__pycache__/app.cpython-311.pyc")[16:])  # noqa: S302  # our own byte code
    assert code.co_filename == "/var/task/app.py"


def test_the_api_package_holds_our_code_and_chalice_s_runtime_only(prod: Template) -> None:
    with zipfile.ZipFile(deployed_api(prod)) as given:
        top = {name.split("/")[0] for name in given.namelist()}
    assert top == {"app.py", "__pycache__", "chalice", "chalicelib", "deepstory"}


def test_the_asset_of_the_workers_holds_no_code_of_the_api() -> None:
    with zipfile.ZipFile(sources.functions_archive().path) as given:
        top = {name.split("/")[0] for name in given.namelist()}
    assert top == {"deepstory", "workers", "scheduler", "admin"}


def test_the_same_files_make_the_same_zip_whenever_they_were_written(tmp_path: Path) -> None:
    made = []
    for name, moment in (("one", 1_000_000_000), ("two", 1_700_000_000)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "module.py").write_text("answer = 42\n")
        os.utime(folder / "module.py", (moment, moment))
        archive.write_zip(tmp_path / f"{name}.zip", folder)
        made.append((tmp_path / f"{name}.zip").read_bytes())
    assert made[0] == made[1]


def test_code_that_does_not_compile_is_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def :\n")
    with pytest.raises(SyntaxError, match="does not compile"):
        archive.compile_bytecode(tmp_path, deployed_at="/var/task")


def test_synthesis_leaves_nothing_behind_but_its_assembly(prod: Template) -> None:
    made = prod.folder.parent
    assert list(made.glob("chalice.out/*")) == []
    assert {path.name for path in made.iterdir()} == {"cdk.out", "chalice.out"}
