"""Busy ports and their holders."""

import os
import socket
import sys
from contextlib import closing

import pytest

from local import datadir, embedded, ports, processes
from local.errors import StartError
from local.settings import RunSettings


@pytest.fixture
def busy():
    with closing(socket.socket()) as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_busy_port_is_refused_with_a_free_one_to_use(busy):
    with pytest.raises(StartError) as refusal:
        ports.expect_free(busy)
    message = str(refusal.value)
    assert f"Port {busy} is in use" in message
    suggested = int(message.rpartition("PORT=")[2])
    assert suggested != busy
    ports.expect_free(suggested)


@pytest.mark.skipif(sys.platform != "linux", reason="holders are read from /proc")
def test_holder_of_a_port_is_named(busy):
    assert str(os.getpid()) in (ports.holder_of(busy) or "")
    assert ports.holder_of(ports.any_free()) is None


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is kept")
def test_kept_port_is_for_our_servers_only():
    port = ports.any_free()
    with ports.kept(port):
        assert not ports.is_free(port)
        for _ in range(2):
            with closing(socket.socket()) as server:
                server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                server.bind((ports.HOST, port))
                server.listen()
                for _ in range(10):
                    socket.create_connection((ports.HOST, port)).close()
    assert ports.is_free(port)


def test_cloud_that_finds_its_port_taken_says_so(tmp_path, busy):
    settings = RunSettings(data_dir=tmp_path)
    for directory in (settings.cloud_dir, settings.log_dir):
        directory.mkdir()
    cloud = embedded.start(settings, busy, os.environ)
    with pytest.raises(embedded.PortTakenError, match=str(busy)):
        embedded.wait(settings, cloud)


def test_cloud_that_loses_a_race_for_its_port_starts_on_another(tmp_path, busy, monkeypatch):
    settings = RunSettings(data_dir=tmp_path)
    for directory in (settings.cloud_dir, settings.log_dir):
        directory.mkdir()
    chosen = iter([busy, ports.any_free()])
    monkeypatch.setattr(embedded, "choose_port", lambda _: next(chosen))
    begun = []
    try:
        endpoint = embedded.start_on_free_port(settings, os.environ, begun.append)
        assert str(busy) not in endpoint
        assert [process.poll() is None for process in begun] == [False, True]
    finally:
        for process in begun:
            processes.stop(process, seconds=10)


def test_cloud_keeps_its_port_while_it_is_free(tmp_path, busy):
    settings = RunSettings(data_dir=tmp_path)
    chosen = ports.any_free()
    datadir.write(tmp_path / "cloud-port.json", {"port": chosen})
    assert embedded.choose_port(settings) == chosen
    datadir.write(tmp_path / "cloud-port.json", {"port": busy})
    moved = embedded.choose_port(settings)
    assert moved != busy
    assert embedded.choose_port(settings) == moved
