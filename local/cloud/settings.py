"""Process settings of ministack; it reads them once, at import, so they are set before that."""

import logging
import os
import tempfile
from pathlib import Path

from local.cloud.context import CloudContext

_KEPT = (
    *("MODEL_PYTHON", "MODEL_ENTRY", "IAM_RECORD"),
    *("PATH", "HOME", "LANG", "LC_ALL", "TZ", "LOG_LEVEL"),
)


def apply(context: CloudContext, host: str, port: int) -> None:
    """Replace this process's environment, so that nothing of the caller's reaches a Lambda.

    A developer's ``AWS_PROFILE``, for example, would make every client in a Lambda fail.
    """
    scratch = context.data_dir / "tmp"
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    os.environ.clear()
    os.environ.update(kept)
    os.environ.update(
        {
            "BIND_HOST": host,
            "GATEWAY_PORT": str(port),
            "MINISTACK_HOST": "localhost",
            "MINISTACK_REGION": context.region,
            "MINISTACK_ACCOUNT_ID": context.account_id,
            "AUTH": "true",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(context.data_dir / "state"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(context.data_dir / "s3"),
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "MINISTACK_WORKER_THREADS": "16",
            "DOCKER_HOST": f"unix://{scratch}/no-docker.sock",
            "TMPDIR": str(scratch),
            "PYTHONUNBUFFERED": "1",
        }
    )
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    tempfile.tempdir = str(scratch)
    # ministack warns at import of what its KMS can't do without another package.
    logging.getLogger("kms").setLevel(logging.ERROR)


def directories(data_dir: Path) -> None:
    """Create the folders that ministack expects to find."""
    for name in ("state", "s3", "tmp", "dynamodb"):
        (data_dir / name).mkdir(parents=True, exist_ok=True)
