"""Turns an endpoint's record into the command that starts its model."""

import os
from pathlib import Path

from local.cloud.sagemaker.instance import Launch
from local.cloud.sagemaker.store import Record

_REPOSITORY = Path(__file__).resolve().parents[3]
_DEFAULT_START_LIMIT = 900


def command() -> tuple[str, ...]:
    """Return what runs instead of the container's ``serve``."""
    python = os.environ.get("MODEL_PYTHON") or str(_REPOSITORY / ".venv-model/bin/python")
    entry = os.environ.get("MODEL_ENTRY") or str(_REPOSITORY / "model/inference.py")
    return (python, entry, "serve")


def launch(endpoint: Record) -> Launch:
    """Return how an instance of the endpoint, as it is configured now, is started."""
    variant = endpoint["variant"]
    limit = variant.get("ContainerStartupHealthCheckTimeoutInSeconds", _DEFAULT_START_LIMIT)
    return Launch(
        command=command(),
        environment={str(k): str(v) for k, v in endpoint["environment"].items()},
        start_limit=float(limit),
        generation=endpoint["generation"],
    )
