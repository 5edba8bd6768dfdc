"""The demonstration's own parts; test_run_service.py plays the whole of it."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from local import ports
from local.demo.bar import Bar

ROOT = Path(__file__).parents[2]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def picture(status: str, **more) -> dict:
    return {"id": "1", "status": status, **more}


def test_absent_service_is_one_line_that_says_what_to_do(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "local.demo"],
        cwd=ROOT,
        env=os.environ | {"PORT": str(ports.any_free()), "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert re.fullmatch(r"✗ No service answers at .*make run.*\n", done.stderr)


def test_states_are_printed_once_each_where_nobody_rewrites_them():
    stream = io.StringIO()
    bar = Bar("나", stream)
    for state in ("waiting", "waiting", "queued", "drawing", "drawing", "ready"):
        bar.show(picture(state))
    bar.end()
    words = ["waiting for the model", "in the queue", "drawing", "ready"]
    assert [line.split("  ")[3].split(" · ")[0] for line in stream.getvalue().splitlines()] == words


def test_bar_tells_position_and_estimate_and_never_goes_back(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    bar = Bar("나", stream)
    for left in (10.0, 0.5, 600.0):
        bar.show(picture("queued", position=2, eta_seconds=left))
    bar.show(picture("ready", eta_seconds=0))
    bar.end()
    drawn = stream.getvalue().split("\r\033[2K")[1:]
    filled = [line.count("█") for line in drawn]
    assert filled == sorted(filled)
    assert filled[-1] == 24
    assert "position 2 · about 10 s" in drawn[0]
    assert "\033[36m" not in stream.getvalue()


@pytest.mark.parametrize("status", ["failed", "cancelled", "something new"])
def test_unhappy_and_unknown_states_are_shown(status):
    stream = io.StringIO()
    Bar("나", stream).show(picture(status))
    assert status in stream.getvalue()
