"""Lambdas that look after what is stored: called every hour, they work at night and resume."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from deepstory_cdk import pictures as objects
from deepstory_cdk.alarms import alarm_on
from deepstory_cdk.checks import role_of
from deepstory_cdk.failures import failure_queue
from deepstory_cdk.functions import Functions, Program
from deepstory_cdk.grants import (
    BATCH_WRITE,
    DELETE,
    GET,
    PUT,
    QUERY,
    SCAN,
    UPDATE,
    allow,
    allow_table,
)

if TYPE_CHECKING:
    from deepstory_cdk.data import Data
    from deepstory_cdk.environment import Environment
    from deepstory_cdk.pictures import Pictures

_TIMEOUT_SECONDS = 600
# A checkpoint lies in the counters' table, in parts that the next one replaces.
_CHECKPOINTS = (QUERY, PUT, BATCH_WRITE)
_COUNTS_ONLY: dict[str, dict[str, object]] = {
    "ForAllValues:StringEquals": {
        "dynamodb:Attributes": [
            "diary_id",
            "entry_id",
            "like_count",
            "last_sequence",
            "comment_count",
            "last_comment_sequence",
        ]
    },
    "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
}


class Upkeep(Construct):
    """A run that fails is not repeated: the next one goes on from the last checkpoint."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        functions: Functions,
        environment: Environment,
        data: Data,
        pictures: Pictures,
    ) -> None:
        super().__init__(scope, name)
        self._functions = functions
        self._environment = environment
        self._data = data
        self._role = iam.Role(
            self, "Role", assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com")
        )
        self._failures = failure_queue(self, "UpkeepFailures")
        self._verify_counts()
        self._sweep_pictures(pictures)
        self._backfill()

    def _verify_counts(self) -> None:
        function = self._create(
            "VerifyCounts",
            "verify_counts",
            "compares counts of likes and comments with what is counted, and repairs wrong ones",
            tables=("posts", "secret_entries", "likes", "comments"),
        )
        tables = self._data.tables
        allow_table(function, tables["posts"], SCAN, GET, UPDATE)
        allow_table(function, tables["likes"], QUERY)
        allow_table(function, tables["comments"], QUERY)
        # Nobody but the two reads a secret diary: of its entries, no more than the counts.
        entries = tables["secret_entries"]
        allow(function, [*SCAN, *GET], [entries.table_arn], _COUNTS_ONLY)
        allow_table(function, entries, UPDATE)
        alarm_on(
            self,
            "CountDrift",
            service="verify-counts",
            meaning="Counts of likes or comments were wrong and were repaired.",
            first="see in the log of VerifyCounts which ones, and FollowersFailures.",
        )

    def _sweep_pictures(self, pictures: Pictures) -> None:
        function = self._create(
            "SweepPictures",
            "sweep_pictures",
            "removes objects of no picture, and has lost pictures drawn again",
            tables=("pictures",),
            variables=("PICTURES_BUCKET",),
        )
        allow_table(function, self._data.tables["pictures"], SCAN, GET, UPDATE)
        # A picture that is drawn again is ready no more.
        allow_table(function, self._data.tables["counters"], UPDATE)
        role, bucket = role_of(function), pictures.bucket
        # Without listing, S3 answers 403 instead of 404 for an object that is gone.
        allow(role, ["s3:ListBucket"], [bucket.bucket_arn])
        kept = bucket.arn_for_objects(f"{objects.KEPT}*")
        allow(role, ["s3:GetObject", "s3:DeleteObject"], [kept])
        output = bucket.arn_for_objects(f"{objects.ASYNC_OUTPUT}*")
        allow(role, ["s3:DeleteObject"], [output])
        objects.accept_prefix(role, bucket, objects.KEPT)
        objects.accept_prefix(role, bucket, objects.ASYNC_OUTPUT)
        alarm_on(
            self,
            "PicturesLost",
            service="sweep-pictures",
            meaning="Objects of finished pictures are gone; they are drawn again.",
            first="find who deleted from the bucket; in prod, older versions are kept for 30 days.",
        )
        alarm_on(
            self,
            "OrphansRefused",
            service="sweep-pictures",
            meaning="Suspiciously many objects belong to no picture; none was removed.",
            first="check whether rows of pictures were lost before anything is deleted by hand.",
        )

    def _backfill(self) -> None:
        function = self._create(
            "Backfill",
            "backfill",
            "brings rows of earlier releases into today's form",
            tables=("users", "posts", "postings", "indexed_posts"),
        )
        tables = self._data.tables
        allow_table(function, tables["users"], SCAN, GET, UPDATE)
        allow_table(function, tables["posts"], SCAN, GET, UPDATE)
        allow_table(function, tables["postings"], PUT, DELETE, BATCH_WRITE)
        allow_table(function, tables["indexed_posts"], GET, PUT)

    def _create(
        self,
        name: str,
        module: str,
        description: str,
        *,
        tables: Sequence[str],
        variables: Sequence[str] = (),
    ) -> lambda_.Function:
        function = self._functions.create(
            self,
            name,
            Program(
                handler=f"scheduler.{module}.handler",
                description=description,
                environment=self._environment.only(
                    *(f"{table.upper()}_TABLE" for table in (*tables, "counters")),
                    *variables,
                    "SERVICE_TIME_ZONE",
                    service=module.replace("_", "-"),
                ),
                timeout_seconds=_TIMEOUT_SECONDS,
                retries=0,
            ),
            failures=self._failures,
        )
        allow_table(function, self._data.tables["counters"], *_CHECKPOINTS)
        allow(self._role, ["lambda:InvokeFunction"], [function.function_arn])
        schedule = scheduler.CfnSchedule(
            self,
            f"{name}EveryHour",
            schedule_expression="rate(1 hour)",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.function_arn,
                role_arn=self._role.role_arn,
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(maximum_retry_attempts=0),
            ),
        )
        schedule.node.add_dependency(self._role)
        return function
