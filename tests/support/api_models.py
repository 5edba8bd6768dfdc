"""What botocore knows of AWS's APIs, read once for all sessions of a test process.

Each test has sessions of its own, as each process of the service would, and each of those would
look for the services and parse the same megabytes of JSON again.
"""

from __future__ import annotations

from functools import cache

import botocore.session


def read_once() -> None:
    """Let sessions share what reads the models, as clients of one session do anyway."""
    botocore.session.create_loader = cache(botocore.session.create_loader)
