"""What runs on a GPU instance: image, weights, and the role it runs under."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from deepstory_cdk.checks import accept, accept_resource
from deepstory_cdk.grants import allow
from deepstory_cdk.model_weights import ModelWeights
from deepstory_cdk.paths import MODEL

if TYPE_CHECKING:
    from deepstory_cdk.stage import Stage

_ECR_IMAGE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/(?P<name>[^:@]+)"
)


class ModelContainer(Construct):
    """A SageMaker model without a way out to the network."""

    def __init__(self, scope: Construct, name: str, *, stage: Stage) -> None:
        super().__init__(scope, name)
        self.role = iam.Role(
            self, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com")
        )
        self._allow_telemetry()
        self.model = sagemaker.CfnModel(
            self,
            "Model",
            execution_role_arn=self.role.role_arn,
            enable_network_isolation=True,
            primary_container=sagemaker.CfnModel.ContainerDefinitionProperty(
                image=self._image(stage.model_image),
                # Only `model.publish` writes to the bucket of weights, and it lets no code through
                # but networks that the operator compiled: docs/adr/0026.
                environment={"MODEL_TRUST_COMPILED": "yes"},
                model_data_source=ModelWeights(
                    self, "Weights", stage=stage, role=self.role
                ).source(),
            ),
        )
        self.model.node.add_dependency(self.role)

    def _image(self, given: str) -> str:
        if not given:
            asset = ecr_assets.DockerImageAsset(
                self, "Image", directory=str(MODEL), platform=ecr_assets.Platform.LINUX_AMD64
            )
            asset.repository.grant_pull(self.role)
            return asset.image_uri
        if repository := _ECR_IMAGE.match(given):
            self._allow_pull(repository["account"], repository["region"], repository["name"])
        return given

    def _allow_pull(self, account: str, region: str, name: str) -> None:
        repository = Stack.of(self).format_arn(
            service="ecr", account=account, region=region, resource="repository", resource_name=name
        )
        allow(
            self.role,
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            [repository],
        )
        allow(self.role, ["ecr:GetAuthorizationToken"], ["*"])

    def _allow_telemetry(self) -> None:
        logs = Stack.of(self).format_arn(
            service="logs",
            resource="log-group",
            resource_name="/aws/sagemaker/Endpoints/*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        actions = ("CreateLogGroup", "CreateLogStream", "DescribeLogStreams", "PutLogEvents")
        allow(self.role, [f"logs:{action}" for action in actions], [logs])
        allow(
            self.role,
            ["cloudwatch:PutMetricData"],
            ["*"],
            {
                "StringEquals": {
                    "cloudwatch:namespace": ["/aws/sagemaker/Endpoints", "AWS/SageMaker"]
                }
            },
        )
        accept(
            self.role,
            "AwsSolutions-IAM5[Resource::*]",
            "cloudwatch:PutMetricData and ecr:GetAuthorizationToken know no resources; the first "
            "is held to SageMaker's namespaces.",
        )
        accept_resource(
            self.role,
            logs,
            "SageMaker names the log group after the endpoint, which is made after this role.",
        )
