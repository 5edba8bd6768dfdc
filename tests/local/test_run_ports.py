"""Busy ports and their holders."""

import os
import socket
import sys
from contextlib import closing

import pytest

from local import datadir, embedded, ports
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


def test_cloud_keeps_its_port_while_it_is_free(tmp_path, busy):
    settings = RunSettings(data_dir=tmp_path)
    chosen = ports.any_free()
    datadir.write(tmp_path / "cloud-port.json", {"port": chosen})
    assert embedded.choose_port(settings) == chosen
    datadir.write(tmp_path / "cloud-port.json", {"port": busy})
    moved = embedded.choose_port(settings)
    assert moved != busy
    assert embedded.choose_port(settings) == moved
