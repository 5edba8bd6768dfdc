"""Put a diffusers folder to S3 and roll the endpoint to it.

    python -m model.publish FOLDER --endpoint NAME --bucket BUCKET [--settings sd-turbo]

docs/models.md tells where to get models, and what each needs.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from model.operations import aws, settings
from model.operations.endpoint import Endpoint
from model.operations.errors import OperationError
from model.operations.folder import read_folder
from model.operations.rolling import roll
from model.operations.upload import Upload


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        publish(options, aws.client("s3"), aws.client("sagemaker"), aws.client("ssm"))
    except (OperationError, BotoCoreError, ClientError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    return 0


def publish(options: argparse.Namespace, s3: Any, sagemaker: Any, ssm: Any) -> None:
    """Check, send, roll and note down; every step that was done before is passed over."""
    chosen = settings.read(options.settings) if options.settings else None
    manifest = read_folder(options.folder, chosen, compiled=options.compiled)
    settings.check_folder(options.folder, chosen)
    prefix = f"{options.prefix.strip('/')}/{options.name or options.folder.resolve().name}/"
    prefix = f"{prefix}{manifest.revision}/"
    location = f"s3://{options.bucket}/{prefix}"
    upload = Upload(s3, options.bucket, print)
    print(f"{len(manifest.files)} files, {manifest.size:,} bytes, revision {manifest.revision}")
    if options.dry_run:
        for one in upload.missing(manifest, prefix):
            print(f"would send {one.path} ({one.size:,} bytes)")
        print(f"would roll {options.endpoint} to {location}")
        return
    sent = upload.put(manifest, prefix)
    print(f"✓ {location}: {sent} files sent, {len(manifest.files) - sent} were there")
    endpoint = Endpoint(
        sagemaker, options.endpoint, patience=options.patience, poll=options.poll_seconds
    )
    changed = roll(endpoint, location, print)
    print(f"✓ {options.endpoint} {'draws' if changed else 'drew already'} with {location}")
    if options.parameter:
        aws.put_parameter(ssm, options.parameter, location)
        print(f"✓ the next deployment keeps it: {options.parameter} says so")
    else:
        print(f"The next deployment keeps it only with: -c model_weights={location}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m model.publish")
    parser.add_argument("folder", type=Path, help="a diffusers folder with safetensors only")
    parser.add_argument("--endpoint", required=True, help="the stack's output ModelEndpoint")
    parser.add_argument("--bucket", required=True, help="the one given as model_weights_bucket")
    parser.add_argument("--prefix", default="models", help="folder of the bucket (models)")
    parser.add_argument("--name", help="name below it (that of the folder)")
    parser.add_argument("--settings", help="one of model/settings, or a file")
    parser.add_argument(
        "--compiled", action="store_true", help="send the networks that you compiled, too"
    )
    parser.add_argument("--parameter", help="SSM parameter that deployments read")
    parser.add_argument("--patience", type=float, default=2700, help="seconds for a start (2700)")
    parser.add_argument("--poll-seconds", type=float, default=10)
    parser.add_argument("--dry-run", action="store_true", help="check and compare, change nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
