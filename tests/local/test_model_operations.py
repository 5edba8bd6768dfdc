"""Publishing and probing for real: the embedded cloud runs model/inference.py on the weights."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from model.operations.folder import read_folder
from support import hosting
from support.cloud import Cloud, fresh_account
from support.hosting import VARIANT, Hosted, eventually

ROOT = Path(__file__).parents[2]
BUNDLED = ROOT / "model" / "weights"
PATIENCE = 120.0


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    running = Cloud(tmp_path_factory.mktemp("operations") / "data").start()
    try:
        # A real model takes its time to start, more so beside other tests.
        with patch.object(hosting, "PATIENCE", PATIENCE):
            yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def hosted(cloud: Cloud) -> Hosted:
    """An endpoint that draws with the weights of the image, as a new stack's does."""
    one = Hosted(cloud, fresh_account()).create(MODEL_THREADS="1")
    one.client("s3").create_bucket(Bucket=weights_bucket(one))
    return one


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second model: an ordinary diffusers folder with random weights."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    python = os.environ.get("MODEL_PYTHON") or str(ROOT / ".venv-model/bin/python")
    script = ROOT / "tests" / "model" / "tiny_pipeline.py"
    subprocess.run([python, script, "sd", folder], check=True, capture_output=True)
    return folder


@pytest.fixture
def broken(tiny: Path, tmp_path: Path) -> Path:
    """A folder that passes every check before the start, and cannot be loaded."""
    folder = tmp_path / "broken"
    shutil.copytree(tiny, folder)
    config = folder / "unet" / "config.json"
    described = json.loads(config.read_text()) | {"cross_attention_dim": 48}
    config.write_text(json.dumps(described))
    return folder


def weights_bucket(hosted: Hosted) -> str:
    return f"weights-{hosted.account}"


def operate(hosted: Hosted, name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run one of the commands as an operator does."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    return subprocess.run(
        [sys.executable, "-m", f"model.{name}", "--endpoint", hosted.name, *map(str, arguments)],
        cwd=ROOT,
        env=environment | hosted.cloud.environment(hosted.account),
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
        check=False,
    )


def publish(
    hosted: Hosted, folder: Path, *arguments: str | Path
) -> subprocess.CompletedProcess[str]:
    where = ("--bucket", weights_bucket(hosted), "--poll-seconds", "0.1", "--patience", "120")
    return operate(hosted, "publish", folder, *where, *arguments)


def draw(hosted: Hosted, name: str) -> bytes:
    """Draw through the endpoint and return the picture."""
    hosted.invoke(name, {"prompt": "a cat", "seed": 1})
    picture = hosted.object(hosted.result(name)["responseParameters"]["outputLocation"])
    assert picture.startswith(b"\x89PNG")
    return picture


def config_of(hosted: Hosted) -> str:
    name: str = hosted.describe()["EndpointConfigName"]
    return name


def wait_until_ready(hosted: Hosted) -> None:
    eventually(lambda: hosted.describe()["EndpointStatus"] == "InService", "the endpoint serves")


def test_an_operator_publishes_probes_and_meets_a_broken_model(
    hosted: Hosted, tiny: Path, broken: Path
) -> None:
    """One story, since every model takes seconds to start."""
    wait_until_ready(hosted)
    bundled = draw(hosted, "bundled")

    dry = publish(hosted, tiny, "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "would send unet/" in dry.stdout
    assert config_of(hosted) == "first"

    done = publish(hosted, tiny, "--parameter", "/deepstory/model")
    assert done.returncode == 0, done.stderr + hosted.cloud.errors()[-2000:]
    small = draw(hosted, "small")
    assert small != bundled
    published = config_of(hosted)
    revision = read_folder(tiny, None).revision
    prefix = f"s3://{weights_bucket(hosted)}/models/tiny/{revision}/"
    parameter = hosted.client("ssm").get_parameter(Name="/deepstory/model")["Parameter"]
    assert parameter["Value"] == prefix
    stored = json.loads(hosted.object(f"{prefix}manifest.json"))
    assert stored["revision"] == revision
    assert {one["path"] for one in stored["files"]} >= {"model_index.json"}
    # What somebody else made is not publishing's to remove.
    assert hosted.client("sagemaker").describe_endpoint_config(EndpointConfigName="first")

    again = publish(hosted, tiny)
    assert again.returncode == 0, again.stderr
    assert "0 files sent" in again.stdout
    assert "drew already" in again.stdout
    assert config_of(hosted) == published

    failed = publish(hosted, broken)
    assert failed.returncode == 1
    assert "did not start" in failed.stderr
    assert f"has its former configuration {published} again" in failed.stderr
    assert config_of(hosted) == published
    assert draw(hosted, "still small") == small
    names = [one["ModelName"] for one in hosted.client("sagemaker").list_models()["Models"]]
    assert sorted(names) == ["first", published]

    report = operate(
        hosted, "probe", "--pictures", "3", "--price", "1.2", "--json", "--poll-seconds", "0.05"
    )
    assert report.returncode == 0, report.stderr
    measured = json.loads(report.stdout)
    assert measured["cold_start_seconds"] is None
    assert measured["pictures"] == 3
    assert 0 < measured["p50_seconds"] <= measured["p95_seconds"]
    assert measured["usd_per_picture"] == pytest.approx(1.2 / 60 / measured["pictures_per_minute"])

    check_that_a_sleeping_server_is_tried_and_put_to_sleep_again(hosted, tiny, broken)


def check_that_a_sleeping_server_is_tried_and_put_to_sleep_again(
    hosted: Hosted, tiny: Path, broken: Path
) -> None:
    published = config_of(hosted)
    hosted.scale(0)
    failed = publish(hosted, broken)
    assert failed.returncode == 1
    assert "did not start" in failed.stderr
    assert config_of(hosted) == published
    assert instances(hosted) == (0, 0)

    (tiny / "deepstory.json").write_text('{"default_steps": 2}')
    done = publish(hosted, tiny)
    assert done.returncode == 0, done.stderr
    assert "removed " + published in done.stdout
    assert config_of(hosted) != published
    assert instances(hosted) == (0, 0)


def instances(hosted: Hosted) -> tuple[int, int]:
    (variant,) = hosted.describe()["ProductionVariants"]
    assert variant["VariantName"] == VARIANT
    return variant["CurrentInstanceCount"], variant["DesiredInstanceCount"]


def test_upload_goes_on_where_it_broke_off(hosted: Hosted, tiny: Path) -> None:
    s3: Any = hosted.client("s3")
    bucket = weights_bucket(hosted)
    where = ("--name", "resumed", "--endpoint", "none")
    assert publish(hosted, tiny, *where).returncode == 1  # everything is sent; nobody draws with it
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="models/resumed/")["Contents"]
    lost = next(one["Key"] for one in listed if "unet/config" in one["Key"])
    s3.delete_object(Bucket=bucket, Key=lost)
    damaged = next(one["Key"] for one in listed if "vae/config" in one["Key"])
    s3.put_object(Bucket=bucket, Key=damaged, Body=b"{}")
    again = publish(hosted, tiny, *where)
    assert "2 files sent" in again.stdout
    assert "the endpoint none can't be looked at" in again.stderr
