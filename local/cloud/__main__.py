"""``python -m local.cloud --data-dir D --port P``: run the embedded cloud in the foreground."""

import argparse
import os
import sys
from pathlib import Path

from local.cloud import assembly
from local.cloud.errors import CloudError, NoSpaceError


def main() -> None:
    """Parse the command line, run, and end with 0 or the status of a refusal."""
    parser = argparse.ArgumentParser(prog="python -m local.cloud", description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    options = parser.parse_args()
    try:
        assembly.run(options.data_dir.resolve(), options.host, options.port)
    except CloudError as error:
        _refuse(error)
    except OSError as error:
        _refuse(NoSpaceError(f"The embedded cloud can't use {options.data_dir}: {error}."))
    sys.stdout.flush()
    os._exit(0)


def _refuse(error: CloudError) -> None:
    print(error, file=sys.stderr, flush=True)
    os._exit(error.exit_status)


if __name__ == "__main__":
    main()
