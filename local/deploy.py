"""Puts the project's CDK app into the embedded cloud, when anything in it has changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from local import datadir, embedded, environments, fingerprint
from local.cdk import Cdk
from local.clients import client
from local.errors import StartError
from local.settings import REGION, REPOSITORY, RunSettings

_ACCOUNT = "000000000000"
_TOOLKIT_STACK = "CDKToolkit"
_API_FUNCTION_OUTPUT = "ApiFunctionName"


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
        self,
        settings: RunSettings,
        endpoint_url: str,
        environment: Mapping[str, str],
        *,
        context: Sequence[str] = ("stage=local",),
        source: Path = REPOSITORY,
    ) -> None:
        self._settings = settings
        self._endpoint_url = endpoint_url
        self._memory = settings.data_dir / "deployment.json"
        self.cdk = Cdk(
            settings=settings,
            environment=environments.tools(environment) | environments.aws(endpoint_url),
            # Links in mails lead to where people find this home.
            context=(*context, f"web_origin={settings.url}"),
            source=source,
        )

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
        self.bootstrap(detail)
        outputs = self._settings.data_dir / "outputs.json"
        outputs.unlink(missing_ok=True)
        detail("packaging")
        options = ["--all", "--require-approval", "never", "--progress", "events"]
        options += ["--outputs-file", str(outputs)]
        self.cdk.run("deploy", *options, detail=detail)
        stack = next(
            (name for name, made in datadir.read(outputs).items() if _API_FUNCTION_OUTPUT in made),
            None,
        )
        if stack is None:
            raise StartError(f"No deployed stack has an output {_API_FUNCTION_OUTPUT}.")
        datadir.write(self._memory, {"fingerprint": intended, "stack": stack})

    def bootstrap(self, detail: Callable[[str], None]) -> None:
        """Prepare the account for the CDK, once."""
        if self._stack(_TOOLKIT_STACK) is None:
            detail("preparing the account")
            # Away from cdk.json, so that it does not synthesise the app just to bootstrap.
            account = f"aws://{_ACCOUNT}/{REGION}"
            self.cdk.run("bootstrap", account, directory=self._settings.data_dir, detail=detail)

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
        return fingerprint.of(self.cdk.source, also=self.cdk.context)

    def _stack(self, name: str) -> dict[str, Any] | None:
        try:
            found = self._client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        except ClientError:
            return None
        return next((stack for stack in found if "DELETE" not in stack["StackStatus"]), None)

    def _client(self, service: str) -> Any:
        return client(self._endpoint_url, service)
