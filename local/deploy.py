"""Puts the project's CDK app into the embedded cloud, when anything in it has changed."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from local import datadir, embedded, environments, fingerprint, logs, processes
from local.errors import StartError
from local.settings import REGION, REPOSITORY, RunSettings

_CDK = REPOSITORY / "cdk" / "node_modules" / ".bin" / "cdk"
_ACCOUNT = "000000000000"
_TOOLKIT_STACK = "CDKToolkit"
_API_FUNCTION_OUTPUT = "ApiFunctionName"
_DEPLOY_SECONDS = 600.0
_PROGRESS = re.compile(r"\|\s*(\d+)/(\d+)\s*\|")
# Where a program says why, and where others only say that it failed; the first is worth more.
_REASONS = (
    re.compile(r"^(\w+\.)*(\w*Error|\w*Exception|error)\b", re.IGNORECASE),
    re.compile(r"error|failed|❌", re.IGNORECASE),
    re.compile(r"\w"),
)


@dataclass(frozen=True, slots=True)
class ApiFunction:
    """The deployed API Lambda, for which granian stands in."""

    name: str
    arn: str
    memory_mb: int
    variables: dict[str, str]
    credentials: dict[str, str]

    def environment(self, endpoint_url: str) -> dict[str, str]:
        """Return its variables, and those that Lambda itself adds."""
        return (
            self.variables
            | environments.aws(endpoint_url)
            | self.credentials
            | {
                "AWS_LAMBDA_FUNCTION_NAME": self.name,
                "AWS_LAMBDA_FUNCTION_ARN": self.arn,
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory_mb),
            }
        )


class Deployment:
    """The stack in one embedded cloud, and the memory of what was last deployed into it."""

    def __init__(
        self, settings: RunSettings, endpoint_url: str, environment: Mapping[str, str]
    ) -> None:
        self._settings = settings
        self._endpoint_url = endpoint_url
        self._environment = environments.tools(environment) | environments.aws(endpoint_url)
        self._memory = settings.data_dir / "deployment.json"
        # Links in mails lead to where people find this home.
        self._context = ("stage=local", f"web_origin={settings.url}")

    def is_current(self) -> bool:
        """Tell whether the stack is there and was made from the present sources."""
        known = datadir.read(self._memory)
        if known.get("fingerprint") != self._fingerprint():
            return False
        return self._stack(str(known.get("stack"))) is not None

    def deploy(self, detail: Callable[[str], None]) -> None:
        """Run the CDK; ``detail`` is told how far it is.

        Raises
        ------
        StartError : the CDK failed; what was deployed before is still there.
        """
        intended = self._fingerprint()
        if self._stack(_TOOLKIT_STACK) is None:
            detail("preparing the account")
            # Away from cdk.json, so that it does not synthesise the app just to bootstrap.
            account = f"aws://{_ACCOUNT}/{REGION}"
            self._cdk("bootstrap", account, directory=self._settings.data_dir, detail=detail)
        outputs = self._settings.data_dir / "outputs.json"
        outputs.unlink(missing_ok=True)
        detail("packaging")
        options = ["--all", "--require-approval", "never", "--progress", "events"]
        options += ["--outputs-file", str(outputs)]
        self._cdk("deploy", *options, directory=REPOSITORY, detail=detail)
        stack = next(
            (name for name, made in datadir.read(outputs).items() if _API_FUNCTION_OUTPUT in made),
            None,
        )
        if stack is None:
            raise StartError(f"No deployed stack has an output {_API_FUNCTION_OUTPUT}.")
        datadir.write(self._memory, {"fingerprint": intended, "stack": stack})

    def api_function(self) -> ApiFunction:
        """Return the API Lambda as it was deployed."""
        stack = self._stack(str(datadir.read(self._memory).get("stack"))) or {}
        names = {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}
        if _API_FUNCTION_OUTPUT not in names:
            raise StartError(f"The deployed stack has no output {_API_FUNCTION_OUTPUT}.")
        known = self._client("lambda").get_function_configuration(
            FunctionName=names[_API_FUNCTION_OUTPUT]
        )
        return ApiFunction(
            name=known["FunctionName"],
            arn=known["FunctionArn"],
            memory_mb=known["MemorySize"],
            variables=known.get("Environment", {}).get("Variables", {}),
            credentials=embedded.credentials(self._endpoint_url, known["FunctionName"]),
        )

    def _fingerprint(self) -> str:
        return fingerprint.of(REPOSITORY, also=self._context)

    def _stack(self, name: str) -> dict[str, Any] | None:
        try:
            found = self._client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        except ClientError:
            return None
        return next((stack for stack in found if "DELETE" not in stack["StackStatus"]), None)

    def _client(self, service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]  # any service
            service,
            endpoint_url=self._endpoint_url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106  # the embedded cloud knows no other
            config=Config(connect_timeout=5, read_timeout=30, proxies={}),
        )

    def _cdk(
        self, action: str, *arguments: str, directory: Path, detail: Callable[[str], None]
    ) -> None:
        log = logs.fresh(self._settings.log_dir / f"{action}.log")
        output = self._settings.data_dir / "cdk.out"
        shutil.rmtree(output, ignore_errors=True)
        command: list[str | Path] = [
            _CDK,
            action,
            *arguments,
            "--output",
            output,
            "--ci",
            "--no-color",
        ]
        for pair in self._context:
            command += ["--context", pair]
        process = processes.start(
            command, environment=self._environment, directory=directory, log=log
        )
        try:
            _wait(process, log, detail)
        finally:
            processes.stop(process, seconds=1)
        if process.returncode != 0:
            raise StartError(
                f"cdk {action} failed ({logs.ending(process.returncode)}): {_reason(log)} "
                f"The whole log: {log}"
            )


def _wait(process: subprocess.Popen[bytes], log: Path, detail: Callable[[str], None]) -> None:
    deadline = time.monotonic() + _DEPLOY_SECONDS
    while True:
        is_running = not processes.ended(process)
        seen = _PROGRESS.findall(logs.tail(log))
        if seen:
            detail("{} of {} resources".format(*seen[-1]))
        if not is_running or time.monotonic() > deadline:
            return
        time.sleep(0.2)


def _reason(log: Path) -> str:
    lines = [line.strip() for line in logs.tail(log).splitlines()]
    for pattern in _REASONS:
        telling = [line for line in lines if pattern.search(line)]
        if telling:
            return telling[-1][:300]
    return "it printed nothing."
