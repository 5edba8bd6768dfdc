"""The data directory: one run at a time, writable, with room."""

import os
import shutil
import stat

import pytest

from local import accounts, datadir
from local.errors import StartError
from local.settings import RunSettings


@pytest.fixture
def settings(tmp_path):
    return RunSettings(data_dir=tmp_path / "data")


def test_directory_is_private_and_forgets_the_run_afterwards(settings):
    with datadir.held(settings):
        datadir.write(settings.run_file, {"pid": 1, "url": "u"})
        assert stat.S_IMODE(settings.data_dir.stat().st_mode) == 0o700
    assert not settings.run_file.exists()


def test_second_run_is_refused_with_the_first_ones_address(settings):
    with datadir.held(settings):
        datadir.write(settings.run_file, {"pid": 4711, "url": "http://127.0.0.1:8000"})
        with (
            pytest.raises(StartError, match=r"in use .* at http://127.0.0.1:8000 .*4711"),
            datadir.held(settings),
        ):
            pass
        assert settings.run_file.exists()


def test_directory_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("not a directory")
    settings = RunSettings(data_dir=tmp_path / "file" / "data")
    with pytest.raises(StartError, match="cannot be written"), datadir.held(settings):
        pass


def test_full_disk_is_refused(settings, monkeypatch):
    usage = shutil.disk_usage(settings.data_dir.parent)._replace(free=5 * 1024 * 1024)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(StartError, match="Only 5 MiB are free"), datadir.held(settings):
        pass


def test_cloud_of_a_killed_run_is_waited_for_only_so_long(settings, monkeypatch):
    monkeypatch.setattr(datadir, "_LEAVING_SECONDS", 0.0)
    settings.cloud_dir.mkdir(parents=True)
    handle = os.open(settings.cloud_dir / "cloud.lock", os.O_CREAT | os.O_RDWR)
    try:
        assert datadir._locked(handle)
        with pytest.raises(StartError, match="another embedded cloud"), datadir.held(settings):
            pass
    finally:
        os.close(handle)
    with datadir.held(settings):
        pass


def test_torn_memory_counts_as_none(tmp_path):
    (tmp_path / "torn.json").write_text('{"fingerprint": "abc')
    assert datadir.read(tmp_path / "torn.json") == {}
    assert datadir.read(tmp_path / "absent.json") == {}


def test_password_is_kept_for_later_starts_and_private(settings):
    settings.data_dir.mkdir()
    first = accounts.password(settings)
    assert len(first) >= 10
    assert accounts.password(settings) == first
    kept = settings.data_dir / "demo-password"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_given_password_replaces_the_kept_one(settings):
    settings.data_dir.mkdir()
    accounts.password(settings)
    given = RunSettings(data_dir=settings.data_dir, demo_password="given by me")
    assert accounts.password(given) == "given by me"
    assert accounts.password(settings) == "given by me"


def test_without_demo_there_is_only_the_administrator(settings):
    assert len(accounts.accounts(settings)) == 3
    alone = accounts.accounts(RunSettings(data_dir=settings.data_dir, demo=False))
    assert [(one["email"], one["role"]) for one in alone] == [("admin@deepstory.local", "admin")]
