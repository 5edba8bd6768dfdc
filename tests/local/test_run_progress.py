"""What a person sees of the steps."""

import io
import re

import pytest

from local.progress import Console


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_steps_are_plain_lines_where_nobody_rewrites_them():
    stream = io.StringIO()
    console = Console(stream)
    with console.step("Deploying"):
        console.detail("1 of 2")
    console.failure("It is broken.")
    lines = re.sub(r"\d\.\d s", "0.0 s", stream.getvalue()).splitlines()
    assert lines == ["  … Deploying", "  ✓ Deploying (0.0 s)", "✗ It is broken."]


def test_failed_step_is_not_ticked():
    stream = io.StringIO()
    with pytest.raises(ValueError, match="x"), Console(stream).step("Deploying"):
        raise ValueError("x")
    assert "✓" not in stream.getvalue()


def test_terminal_shows_details_in_place(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal()
    console = Console(stream)
    with console.step("Deploying"):
        console.detail("1 of 2")
    assert "\r\033[2K  … Deploying · 1 of 2" in stream.getvalue()
    assert stream.getvalue().count("\n") == 1
    assert "\033[32m✓" in stream.getvalue()


def test_no_color_is_respected(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    console = Console(stream)
    console.line(console.bold("bold"))
    console.failure("no")
    assert not re.search(r"\033\[\d+m", stream.getvalue())


def test_audience_that_left_does_not_end_the_service():
    class Closed(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

    Console(Closed()).line("anybody there?")
