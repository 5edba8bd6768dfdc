"""The clock of the model server: its windows, and its sleep when it idles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from deepstory_cdk.functions import Functions, Program
from deepstory_cdk.grants import allow

if TYPE_CHECKING:
    from deepstory_cdk.environment import Environment


class ModelTending(Construct):
    """It may do nothing but ask the one Lambda that may scale.

    A run that fails is not repeated: the next one finds the same work.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        functions: Functions,
        environment: Environment,
        model_control: lambda_.IFunction,
    ) -> None:
        super().__init__(scope, name)
        function = functions.create(
            self,
            "TendModelServer",
            Program(
                handler="scheduler.tend_model_server.handler",
                description="opens and closes the model server's windows, stops it when it idles",
                environment={
                    **environment.only(service="tend-model-server"),
                    "MODEL_CONTROL_FUNCTION": model_control.function_name,
                },
                # It waits for the other Lambda, and must end before its next run.
                timeout_seconds=45,
                retries=0,
            ),
        )
        allow(function, ["lambda:InvokeFunction"], [model_control.function_arn])
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com"))
        allow(role, ["lambda:InvokeFunction"], [function.function_arn])
        schedule = scheduler.CfnSchedule(
            self,
            "EveryMinute",
            schedule_expression="rate(1 minute)",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.function_arn,
                role_arn=role.role_arn,
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(maximum_retry_attempts=0),
            ),
        )
        schedule.node.add_dependency(role)
