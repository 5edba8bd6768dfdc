"""The one Lambda that may change how many GPUs run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, Stack
from constructs import Construct

from deepstory_cdk.checks import accept_resource, role_of
from deepstory_cdk.functions import Functions, Program
from deepstory_cdk.grants import PUT, allow, allow_table
from deepstory_cdk.model_scaling import DIMENSION
from deepstory_cdk.workers import DISPATCH_VARIABLES, allow_dispatch

if TYPE_CHECKING:
    from deepstory_cdk.data import Data
    from deepstory_cdk.environment import Environment
    from deepstory_cdk.model_endpoint import ModelEndpoint


class Admin(Construct):
    """Kept apart from the API, so that a fault in a route cannot spend money on GPUs."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        functions: Functions,
        environment: Environment,
        data: Data,
        model: ModelEndpoint,
    ) -> None:
        super().__init__(scope, name)
        self.model_control = functions.create(
            self,
            "ModelControl",
            Program(
                handler="admin.model_control.handler",
                description="switches the model server, tells its state, applies its schedule",
                environment=environment.only(
                    *DISPATCH_VARIABLES,
                    "MODEL_MAX_INSTANCES",
                    "MODEL_INSTANCE_TYPE",
                    "MODEL_IDLE_MINUTES",
                    "AUDIT_TABLE",
                    service="model-control",
                ),
                timeout_seconds=20,
            ),
        )
        # Switching on sends at once what waited for it.
        allow_dispatch(self.model_control, data, model)
        allow_table(self.model_control, data.tables["pictures"], indexes=["queue"])
        allow_table(self.model_control, data.tables["audit"], PUT)
        if model.arn:
            self._allow_scaling(model)

    def _allow_scaling(self, model: ModelEndpoint) -> None:
        role = role_of(self.model_control)
        # Application Auto Scaling asks of its caller what it will do itself; and an idle server
        # is stopped by setting its capacity.
        allow(
            role,
            ["sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpointWeightsAndCapacities"],
            [model.arn],
        )
        targets = Stack.of(self).format_arn(
            service="application-autoscaling",
            resource="scalable-target",
            resource_name="*",
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        allow(
            role,
            ["application-autoscaling:RegisterScalableTarget"],
            [targets],
            {
                "StringEquals": {
                    "application-autoscaling:service-namespace": "sagemaker",
                    "application-autoscaling:scalable-dimension": DIMENSION,
                }
            },
        )
        accept_resource(
            role,
            targets,
            "The id of a scalable target is chosen by AWS; conditions hold it to the number of "
            "instances of SageMaker endpoints.",
        )
