"""IAM as on AWS: a Lambda may do what its role allows, and what it did can be recorded.

ministack refuses under ``AUTH=true`` and gives each Lambda a session of its role. What it lacks is
here: the services added by this project, credentials for the API, which runs outside, and a record.
"""

import functools
import os
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from local.cloud import seams
from local.cloud.permissions import calls, mail
from local.cloud.permissions.recording import Recording


def install() -> None:
    """Complete ministack's enforcement; with ``IAM_RECORD`` note who used which permission."""
    calls.install()
    evaluator = seams.module("core.iam_evaluator")
    # A policy is the same text at every request, and a long one is slow to read.
    evaluator.parse_policy_document = _remembering(evaluator.parse_policy_document)
    # Nothing leaves this machine, so what a policy refuses without TLS is not refused here.
    evaluator._request_origin = ContextVar("origin", default=("127.0.0.1", True))
    application = seams.module("app")
    pin = application.pin_request_origin
    application.pin_request_origin = lambda address, _: pin(address, True)
    mail.install()
    if record := os.environ.get("IAM_RECORD"):
        recording = Recording(Path(record))
        evaluator.enforce = recording.around(evaluator.enforce)


def _remembering(parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    remembered = functools.lru_cache(maxsize=256)(parse)
    return lambda document: (remembered if isinstance(document, str) else parse)(document)
