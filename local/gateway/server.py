"""Runs the gateway under granian: ``python -m local.gateway.server app:app --path DIR --port N``.

The function's environment is this process's own; the orchestrator sets it. Every worker is one
process with one thread that runs the function (see ``Gateway``).
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from functools import partial
from pathlib import Path

from granian.constants import HTTPModes, Interfaces, RuntimeModes
from granian.log import LogLevels
from granian.server import Server

from local.gateway.asgi import Application
from local.gateway.context import DeployedFunction
from local.gateway.gateway import Gateway
from local.gateway.mailbox import Mailbox
from local.processes import die_with_parent

_STOP_SECONDS = 5


def load(target: str, paths: list[str], server: int) -> Application:
    """Import the Chalice app object in a worker process; ``server`` is the id of its parent."""
    die_with_parent(server)
    logging.basicConfig(format="%(levelname)s %(name)s %(message)s")
    sys.path[:0] = paths
    module, _, attribute = target.partition(":")
    app = getattr(importlib.import_module(module), attribute or "app")
    directory = os.environ.get("MAILBOX_DIR")
    mailbox = Mailbox(Path(directory)) if directory else None
    return Application(Gateway(app, function=_deployed_function()), mailbox=mailbox)


def _deployed_function() -> DeployedFunction:
    default = DeployedFunction()
    return DeployedFunction(
        name=os.environ.get("AWS_LAMBDA_FUNCTION_NAME", default.name),
        arn=os.environ.get("AWS_LAMBDA_FUNCTION_ARN", default.arn),
        memory_mb=os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", default.memory_mb),
    )


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="local.gateway.server")
    parser.add_argument("app", help="module:attribute of the Chalice app")
    parser.add_argument("--path", action="append", default=[], help="directory to import from")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    server = Server(
        options.app,
        address="127.0.0.1",
        port=options.port,
        interface=Interfaces.ASGINL,
        workers=options.workers,
        runtime_mode=RuntimeModes.st,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_SECONDS,
    )
    # A worker can't ask for its parent: that one may have ended before it looks.
    loader = partial(load, options.app, options.path, os.getpid())
    server.serve(target_loader=loader, wrap_loader=False)


if __name__ == "__main__":
    main()
