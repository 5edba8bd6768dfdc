"""Lambdas that the clock starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from deepstory_cdk.alarms import alarm_on
from deepstory_cdk.failures import failure_queue
from deepstory_cdk.functions import Functions, Program
from deepstory_cdk.grants import BATCH_WRITE, PUT, QUERY, SCAN, UPDATE, allow, allow_table
from deepstory_cdk.queues import Queues, allow_sending
from deepstory_cdk.workers import DISPATCH_VARIABLES, allow_dispatch

if TYPE_CHECKING:
    from deepstory_cdk.data import Data
    from deepstory_cdk.environment import Environment
    from deepstory_cdk.model_endpoint import ModelEndpoint


class Schedules(Construct):
    """A run that fails is not repeated: the next one finds the same work."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        functions: Functions,
        environment: Environment,
        data: Data,
        model: ModelEndpoint,
        queues: Queues,
    ) -> None:
        super().__init__(scope, name)
        self._role = iam.Role(
            self, "Role", assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com")
        )
        # Those that come again within minutes need none: LambdaErrors tells of them.
        failures = failure_queue(self, "ScheduledFailures")
        self.dispatch_waiting = functions.create(
            self,
            "DispatchWaiting",
            Program(
                handler="scheduler.dispatch_waiting.handler",
                description="sends what waits for the model server, and finds what got lost",
                environment=environment.only(*DISPATCH_VARIABLES, service="dispatch-waiting"),
                timeout_seconds=55,
                retries=0,
            ),
        )
        allow_dispatch(self.dispatch_waiting, data, model)
        allow_table(self.dispatch_waiting, data.tables["pictures"], indexes=["queue"])
        if model.arn:
            allow(self.dispatch_waiting, ["sagemaker:DescribeEndpoint"], [model.arn])
        self._every("EveryMinute", "rate(1 minute)", self.dispatch_waiting)

        self.rotate_signing_keys = functions.create(
            self,
            "RotateSigningKeys",
            Program(
                handler="scheduler.rotate_signing_keys.handler",
                description="makes a new signing key the current one; the two before it stay valid",
                environment=environment.only("SIGNING_KEYS_SECRET", service="rotate-signing-keys"),
                timeout_seconds=30,
                retries=0,
            ),
            failures=failures,
        )
        allow(
            self.rotate_signing_keys,
            ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
            [data.signing_keys.secret_arn],
        )
        self._every("EveryMonth", "rate(30 days)", self.rotate_signing_keys)
        self._rebuild_stats(functions, environment, data, failures)
        self._resume_erasures(functions, environment, data, queues)

    def _rebuild_stats(
        self, functions: Functions, environment: Environment, data: Data, failures: sqs.IQueue
    ) -> None:
        counted = ("users", "posts", "pictures")
        self.rebuild_stats = functions.create(
            self,
            "RebuildStats",
            Program(
                handler="scheduler.rebuild_stats.handler",
                description="counts everything again at night and repairs wrong counters",
                environment=environment.only(
                    *(f"{name.upper()}_TABLE" for name in (*counted, "counters")),
                    "SERVICE_TIME_ZONE",
                    service="rebuild-stats",
                ),
                timeout_seconds=600,
                retries=0,
            ),
            failures=failures,
        )
        for name in counted:
            allow_table(self.rebuild_stats, data.tables[name], SCAN)
        allow_table(self.rebuild_stats, data.tables["counters"], QUERY, PUT, UPDATE, BATCH_WRITE)
        # The first call after three o'clock begins, the others go on with what is left.
        self._every("EveryHour", "rate(1 hour)", self.rebuild_stats)
        alarm_on(
            self,
            "StatisticsDrift",
            service="rebuild-stats",
            meaning="Counters of the dashboard were wrong and were repaired: something miscounts.",
            first="see in the log of RebuildStats which ones, and what was deployed lately.",
        )

    def _resume_erasures(
        self, functions: Functions, environment: Environment, data: Data, queues: Queues
    ) -> None:
        self.resume_erasures = functions.create(
            self,
            "ResumeErasures",
            Program(
                handler="scheduler.resume_erasures.handler",
                description="looks after erasures whose message was lost, and once more at the end",
                environment=environment.only(
                    "ERASURES_TABLE",
                    "ERASURES_QUEUE",
                    "ERASURE_SETTLING_SECONDS",
                    service="resume-erasures",
                ),
                timeout_seconds=30,
                retries=0,
            ),
        )
        allow_table(self.resume_erasures, data.tables["erasures"], indexes=["by_due"])
        allow_sending(self.resume_erasures, queues.queues["erasures"])
        self._every("EveryFiveMinutes", "rate(5 minutes)", self.resume_erasures)

    def _every(self, name: str, expression: str, function: lambda_.Function) -> None:
        allow(self._role, ["lambda:InvokeFunction"], [function.function_arn])
        schedule = scheduler.CfnSchedule(
            self,
            name,
            schedule_expression=expression,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.function_arn,
                role_arn=self._role.role_arn,
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(maximum_retry_attempts=0),
            ),
        )
        schedule.node.add_dependency(self._role)
