"""One embedded cloud with what is deployed into it, for as long as a rehearsal lasts."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from local import accounts, embedded, environments, processes, service
from local.clients import client
from local.deploy import Deployment
from local.errors import StartError
from local.settings import REPOSITORY, RunSettings

_STOP_SECONDS = 10.0
# What a stage needs to run without an AWS account: no image is built, and nobody waits for limits.
_AT_HOME = (
    "model_image=deepstory-model:rehearsal",
    "mail_from=no-reply@deepstory.example",
    "rate_limit_scale=100",
    "erasure_settling_seconds=5",
)


class Trial:
    """Starts from nothing in ``settings.data_dir``; ``stop`` ends every process of it."""

    def __init__(self, settings: RunSettings, *, stage: str) -> None:
        self.settings = settings
        self.stack = f"deepstory-{stage}"
        self.endpoint_url = ""
        self.keeps_versions = stage == "prod"
        self._stage = stage
        self._cloud: subprocess.Popen[bytes] | None = None
        self._api: subprocess.Popen[bytes] | None = None

    def start_cloud(self) -> None:
        """Start the embedded cloud on a free port."""
        self.endpoint_url = embedded.start_on_free_port(self.settings, os.environ, self._keep_cloud)

    def _keep_cloud(self, process: subprocess.Popen[bytes]) -> None:
        self._cloud = process

    def deployment(self, *, context: Sequence[str] = (), source: Path = REPOSITORY) -> Deployment:
        """Return the stage as a source tree and more context make it."""
        return Deployment(
            self.settings,
            self.endpoint_url,
            os.environ,
            context=(f"stage={self._stage}", *_AT_HOME, *context),
            source=source,
        )

    def serve(self, deployment: Deployment) -> None:
        """Let the code of a deployment answer over HTTP, in place of what answered before."""
        if self._api is not None:
            processes.stop(self._api, seconds=_STOP_SECONDS)
        function = deployment.api_function()
        environment = environments.function(os.environ, function.environment(self.endpoint_url))
        people = accounts.accounts(self.settings)
        service.seed(people, accounts.password(self.settings), environment)
        self._api = service.start(
            self.settings, environment, functions=deployment.cdk.source / "functions"
        )
        service.wait(self.settings, self._api)

    def client(self, name: str) -> Any:
        """Return an AWS client of the account that is rehearsed in."""
        return client(self.endpoint_url, name)

    def deployed_version(self, deployment: Deployment) -> str:
        """Ask the deployed API Lambda itself, not the process that stands in for it."""
        event = {
            "resource": "/v1/health",
            "path": "/v1/health",
            "httpMethod": "GET",
            "headers": {},
            "multiValueHeaders": {},
            "queryStringParameters": None,
            "multiValueQueryStringParameters": None,
            "pathParameters": None,
            "stageVariables": None,
            "body": None,
            "isBase64Encoded": False,
            "requestContext": {
                "resourcePath": "/v1/health",
                "path": "/api/v1/health",
                "httpMethod": "GET",
                "requestId": "rehearsal",
                "identity": {"sourceIp": "127.0.0.1"},
            },
        }
        answer = self.client("lambda").invoke(
            FunctionName=deployment.api_function().name, Payload=json.dumps(event)
        )
        result = json.loads(answer["Payload"].read())
        if result.get("statusCode") != 200:
            raise StartError(f"The deployed API Lambda answered {result}.")
        return str(json.loads(result["body"])["version"])

    def table(self, name: str) -> str:
        """Return what the deployed stack calls a table."""
        return self.deployment().api_function().variables[f"{name.upper()}_TABLE"]

    def unlock(self) -> None:
        """Let the stack be destroyed, which prod refuses; its tables stay protected."""
        self.client("cloudformation").update_termination_protection(
            StackName=self.stack, EnableTerminationProtection=False
        )

    def stop(self) -> None:
        """End both processes, the API first."""
        for process in (self._api, self._cloud):
            if process is not None:
                processes.stop(process, seconds=_STOP_SECONDS)
