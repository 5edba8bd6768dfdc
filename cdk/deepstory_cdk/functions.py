"""The one way a Lambda is made: its own role, its own log group, shared code and layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import AssetHashType, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from deepstory_cdk.checks import accept
from deepstory_cdk.packaging import layers, sources

if TYPE_CHECKING:
    from deepstory_cdk.packaging.archive import Archive
    from deepstory_cdk.stage import Stage

# Wheels in the layers are chosen for this processor and Python (packaging/layers.py).
ARCHITECTURE = lambda_.Architecture.X86_64
RUNTIME = lambda_.Runtime.PYTHON_3_11


@dataclass(frozen=True, kw_only=True)
class Program:
    """What one Lambda runs and how much it may use."""

    handler: str
    description: str
    environment: Mapping[str, str]
    timeout_seconds: int
    memory_mb: int = 512
    makes_pictures: bool = False
    retries: int | None = None


class Functions(Construct):
    """Makes the Lambdas of one stack from one asset and two layers.

    ``made`` has them by name, ``log_groups`` those of all Lambdas, the API's included.
    """

    def __init__(self, scope: Construct, name: str, *, stage: Stage) -> None:
        super().__init__(scope, name)
        self._stage = stage
        self.made: dict[str, lambda_.Function] = {}
        self.log_groups: list[logs.LogGroup] = []
        self._code = _code(sources.functions_archive())
        self.runtime = self._layer("Runtime", layers.runtime_layer(), "Third-party code")
        self._imaging = self._layer("Imaging", layers.imaging_layer(), "Pillow")

    def create(
        self,
        scope: Construct,
        name: str,
        program: Program,
        *,
        failures: sqs.IQueue | None = None,
    ) -> lambda_.Function:
        """Make a Lambda whose role may only write its own log; callers grant the rest.

        ``failures`` receives events of asynchronous calls after the last retry.
        """
        holder = Construct(scope, name)
        log_group = self.log_group(holder)
        self.made[name] = lambda_.Function(
            holder,
            "Function",
            runtime=RUNTIME,
            architecture=ARCHITECTURE,
            code=self._code,
            handler=program.handler,
            description=f"Deep-Story {self._stage.name}: {program.description}",
            layers=[self.runtime, *([self._imaging] if program.makes_pictures else [])],
            role=self.role(holder, log_group),
            log_group=log_group,
            timeout=Duration.seconds(program.timeout_seconds),
            memory_size=program.memory_mb,
            environment=dict(program.environment),
            on_failure=destinations.SqsDestination(failures) if failures else None,
            retry_attempts=program.retries,
        )
        return self.made[name]

    def log_group(self, scope: Construct, name: str = "Log") -> logs.LogGroup:
        """Make a log group that forgets by itself and goes with the stack."""
        return logs.LogGroup(
            scope,
            name,
            retention=self._stage.log_retention,
            removal_policy=RemovalPolicy.DESTROY,
        )

    def role(self, scope: Construct, log_group: logs.LogGroup) -> iam.Role:
        """Make the role of one Lambda."""
        role = iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group.grant_write(role)
        self.log_groups.append(log_group)
        return role

    def _layer(self, name: str, built: Archive, description: str) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(
            self,
            name,
            code=_code(built),
            description=f"Deep-Story {self._stage.name}: {description}",
            compatible_runtimes=[RUNTIME],
            compatible_architectures=[ARCHITECTURE],
        )


def accept_runtime(scope: Construct) -> None:
    """Accept the age of the Python that all Lambdas of the project run on."""
    accept(
        scope,
        "AwsSolutions-L1",
        "Python 3.11 is what the layers are built, compiled and tested for; it is supported.",
    )


def _code(built: Archive) -> lambda_.Code:

    return lambda_.Code.from_asset(
        str(built.path), asset_hash=built.content_hash, asset_hash_type=AssetHashType.CUSTOM
    )
