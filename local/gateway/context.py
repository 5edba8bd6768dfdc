"""The second argument of a Lambda handler."""

from __future__ import annotations

import time
from dataclasses import dataclass

INTEGRATION_TIMEOUT_SECONDS = 29.0


@dataclass(frozen=True, slots=True)
class DeployedFunction:
    """What the context tells about the function that this process stands in for."""

    name: str = "api"
    arn: str = "arn:aws:lambda:us-east-1:000000000000:function:api"
    memory_mb: str = "512"
    version: str = "$LATEST"


class LambdaContext:
    """Names and time left of one invocation."""

    def __init__(self, function: DeployedFunction, request_id: str) -> None:
        self.function_name = function.name
        self.function_version = function.version
        self.invoked_function_arn = function.arn
        self.memory_limit_in_mb = function.memory_mb
        self.aws_request_id = request_id
        self.log_group_name = f"/aws/lambda/{function.name}"
        self.log_stream_name = f"local/[{function.version}]"
        self.identity = None
        self.client_context = None
        self._deadline = time.monotonic() + INTEGRATION_TIMEOUT_SECONDS

    def get_remaining_time_in_millis(self) -> int:
        """Return the time until the gateway gives up on this invocation."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))
