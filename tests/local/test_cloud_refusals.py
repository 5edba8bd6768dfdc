"""The embedded cloud refuses what it can't do safely: one line, its own status, data untouched."""

import json
import resource
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from support.cloud import PYTHON, ROOT, Cloud, free_port

SECONDS = 60.0


@pytest.fixture(autouse=True)
def table(request: pytest.FixtureRequest) -> None:
    """One table, in tests that have a cloud."""
    if "own_cloud" not in request.fixturenames:
        return
    cloud: Cloud = request.getfixturevalue("own_cloud")
    cloud.client("dynamodb").create_table(
        TableName="table",
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def put(cloud: Cloud, key: str, **attributes: Any) -> None:
    cloud.client("dynamodb").put_item(TableName="table", Item={"key": {"S": key}, **attributes})


def keys(cloud: Cloud) -> set[str]:
    items = cloud.client("dynamodb").scan(TableName="table")["Items"]
    return {item["key"]["S"] for item in items}


def journal(cloud: Cloud) -> Path:
    """Return the journal that is written now."""
    return max((cloud.data_dir / "dynamodb").glob("journal-*"))


def contents(directory: Path) -> dict[str, bytes]:
    files = (path for path in directory.rglob("*") if path.is_file())
    ours = ("cloud.lock", "cloud.json")
    return {str(path): path.read_bytes() for path in files if path.name not in ours}


def refusal(cloud: Cloud) -> tuple[int, str]:
    """Start a cloud that should refuse; return its status and its last line."""
    status = cloud.spawn().wait(timeout=30)
    return status, cloud.errors().strip().splitlines()[-1]


def test_a_torn_last_record_was_never_acknowledged_and_is_left_out(own_cloud: Cloud) -> None:
    put(own_cloud, "whole")
    own_cloud.kill()
    path = journal(own_cloud)
    path.write_bytes(path.read_bytes() + path.read_bytes()[-40:-1])
    own_cloud.start()
    assert keys(own_cloud) == {"whole"}
    put(own_cloud, "after")
    own_cloud.kill()
    own_cloud.start()
    assert keys(own_cloud) == {"whole", "after"}


@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_a_damaged_journal_is_reported_and_left_alone(own_cloud: Cloud, damage: str) -> None:
    for key in ("one", "two", "three"):
        put(own_cloud, key)
    own_cloud.kill()
    path = journal(own_cloud)
    lines = path.read_bytes().splitlines(keepends=True)
    if damage == "changed":
        lines[-2] = lines[-2].replace(b"two", b"TWO")
    else:
        del lines[-2]
    path.write_bytes(b"".join(lines))
    before = contents(own_cloud.data_dir)
    status, line = refusal(own_cloud)
    assert status == 4
    assert str(path) in line
    assert "Restore" in line
    assert contents(own_cloud.data_dir) == before


@pytest.mark.parametrize("damage", ["cut", "other"])
def test_a_damaged_state_file_is_reported_and_left_alone(own_cloud: Cloud, damage: str) -> None:
    own_cloud.client("secretsmanager").create_secret(Name="any", SecretString="any")
    own_cloud.kill()
    path = own_cloud.data_dir / "state" / "secretsmanager.json"
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-5])
    else:
        path.write_text('{"__ministack_format__": 2, "payload": [1]}')
    before = contents(own_cloud.data_dir)
    status, line = refusal(own_cloud)
    assert status == 4
    assert str(path) in line
    assert contents(own_cloud.data_dir) == before


def test_two_clouds_do_not_share_a_data_directory(own_cloud: Cloud) -> None:
    second = Cloud(own_cloud.data_dir)
    status, line = refusal(second)
    assert status == 3
    assert str(own_cloud.data_dir) in line
    put(own_cloud, "still works")


def test_a_busy_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        cloud = Cloud(tmp_path / "data", port=other.getsockname()[1])
        status, line = refusal(cloud)
    assert status == 5
    assert str(cloud.port) in line


def test_of_two_clouds_that_want_one_port_one_starts(tmp_path: Path) -> None:
    first = Cloud(tmp_path / "first")
    second = Cloud(tmp_path / "second", port=first.port)
    clouds = (first, second)
    try:
        running = [cloud.spawn() for cloud in clouds]
        deadline = time.monotonic() + SECONDS
        while not any((cloud.data_dir / "cloud.json").exists() for cloud in clouds) or all(
            process.poll() is None for process in running
        ):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert sorted(str(process.poll()) for process in running) == ["5", "None"]
        (ready,) = tmp_path.glob("*/cloud.json")
        (lasting,) = [process for process in running if process.poll() is None]
        assert json.loads(ready.read_text())["pid"] == lasting.pid
    finally:
        for cloud in clouds:
            cloud.kill()


def test_another_ministack_is_refused_by_name(tmp_path: Path) -> None:
    program = (
        "from local.cloud import compat, __main__ as cloud;"
        "compat.SEAMS['core.router'] += ('vanished',); cloud.main()"
    )
    command = [str(PYTHON), "-c", program, "--data-dir", str(tmp_path), "--port", str(free_port())]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 6
    assert "core.router.vanished" in ended.stderr.strip().splitlines()[-1]


def test_a_write_that_finds_no_space_fails_and_leaves_nothing(own_cloud: Cloud) -> None:
    put(own_cloud, "before")
    assert own_cloud.process is not None
    limit, unlimited = journal(own_cloud).stat().st_size + 100, resource.RLIM_INFINITY
    resource.prlimit(own_cloud.process.pid, resource.RLIMIT_FSIZE, (limit, unlimited))
    with pytest.raises(ClientError) as refused:
        put(own_cloud, "no space", text={"S": "x" * 500})
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert keys(own_cloud) == {"before"}

    resource.prlimit(own_cloud.process.pid, resource.RLIMIT_FSIZE, (unlimited, unlimited))
    put(own_cloud, "after", text={"S": "x" * 500})
    own_cloud.kill()
    assert "until there is space again" in own_cloud.errors()
    own_cloud.start()
    assert keys(own_cloud) == {"before", "after"}


def test_an_object_that_finds_no_space_is_not_acknowledged(own_cloud: Cloud) -> None:
    storage = own_cloud.client("s3")
    storage.create_bucket(Bucket="pictures")
    assert own_cloud.process is not None
    unlimited = resource.RLIM_INFINITY
    resource.prlimit(own_cloud.process.pid, resource.RLIMIT_FSIZE, (100_000, unlimited))
    with pytest.raises(ClientError) as refused:
        storage.put_object(Bucket="pictures", Key="large", Body=b"x" * 200_000)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    resource.prlimit(own_cloud.process.pid, resource.RLIMIT_FSIZE, (unlimited, unlimited))
    storage.put_object(Bucket="pictures", Key="large", Body=b"y" * 200_000)
    own_cloud.kill()
    own_cloud.start()
    found = own_cloud.client("s3").get_object(Bucket="pictures", Key="large")
    assert found["Body"].read() == b"y" * 200_000
