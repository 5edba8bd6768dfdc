"""What is left out of a layer: files that no Lambda of ours reads."""

from __future__ import annotations

import shutil
from pathlib import Path

# Service descriptions kept of the ~430 in botocore; a test compares them with the clients made.
AWS_SERVICES = frozenset(
    {
        "application-autoscaling",
        "dynamodb",
        "lambda",
        "s3",
        "sagemaker",
        "sagemaker-runtime",
        "secretsmanager",
        "sesv2",
        "sns",
        "sqs",
        "sts",
        "translate",
    }
)
_UNUSED = (
    "bin",
    "boto3/data/*",
    "boto3/examples",
    "botocore/data/*/*/examples-1.json",
    # argon2's bindings are compiled; they need cffi's one shared library and no Python of it.
    "cffi",
    "cffi-*.dist-info",
    "pycparser",
    "pycparser-*.dist-info",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.js",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.css",
    "*.dist-info/RECORD",
    "*.dist-info/INSTALLER",
    "*.dist-info/REQUESTED",
    "*.dist-info/sboms",
    "**/tests",
    "**/*.pyi",
    "**/*.c",
    "**/*.h",
)


def prune(packages: Path) -> None:
    """Remove the unused files below a site-packages folder. Licences stay."""
    for pattern in _UNUSED:
        for path in list(packages.glob(pattern)):
            _remove(path)
    descriptions = packages / "botocore" / "data"
    for path in list(descriptions.iterdir()) if descriptions.exists() else []:
        if path.is_dir() and path.name not in AWS_SERVICES:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
