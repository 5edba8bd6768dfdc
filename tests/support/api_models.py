"""What botocore knows of AWS's APIs, read once for all sessions of a test process.

Each test has sessions of its own, as each process of the service would, and each of those would
parse the same megabytes of JSON again.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from botocore.loaders import JSONFileLoader

_load = JSONFileLoader.load_file


@cache
def _contents(path: str) -> Any:
    return _load(JSONFileLoader(), path)


def read_once() -> None:
    """Let sessions share what they read, as clients of one session do anyway."""
    JSONFileLoader.load_file = lambda self, file_path: _contents(file_path)  # type: ignore[method-assign]  # in tests
