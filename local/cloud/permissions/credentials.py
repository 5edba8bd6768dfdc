"""Credentials of a Lambda's role for a process that stands in for the Lambda.

The API runs outside the cloud, and yet must be allowed no more than its Lambda.
"""

import json

from local.cloud import seams

PATH = "/_deepstory/credentials/"


def answer(path: str, account: str, region: str) -> tuple[int, bytes]:
    """Return the environment variables that make a client act as the named function."""
    name = path.removeprefix(PATH)
    with seams.module("core.responses").request_scope(account, region):
        function = seams.module("services.lambda_svc")._functions.get(name)
        if function is None:
            return 404, b"{}"
        credentials = seams.module("core.lambda_runtime").execution_credentials(function["config"])
    return 200, json.dumps(credentials).encode()
