"""The REST API: API Gateway and the Chalice app behind it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aws_cdk import Aws, CfnOutput, Fn, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from deepstory_cdk import gateway, paths
from deepstory_cdk import pictures as objects
from deepstory_cdk.checks import accept
from deepstory_cdk.functions import ARCHITECTURE, Functions
from deepstory_cdk.grants import (
    BATCH_GET,
    BATCH_WRITE,
    CHECK,
    DELETE,
    GET,
    PUT,
    QUERY,
    UPDATE,
    allow,
    allow_table,
)
from deepstory_cdk.packaging.chalice_app import ChaliceApp
from deepstory_cdk.queues import SEND

if TYPE_CHECKING:
    from deepstory_cdk.data import Data
    from deepstory_cdk.environment import Environment
    from deepstory_cdk.pictures import Pictures
    from deepstory_cdk.queues import Queues
    from deepstory_cdk.stage import Stage

GATEWAY_STAGE = "api"
_MEMORY_MB = 1024
_TIMEOUT_SECONDS = 29
_INDEXES = {
    "users": ("by_joined", "by_email", "by_name"),
    "pictures": ("by_owner", "queue"),
    "posts": (
        "by_author",
        "by_day",
        "public_by_author",
        "by_feed",
        "top_day",
        "top_week",
        "top_month",
        "top_all",
    ),
    "likes": ("by_user",),
    "postings": ("by_rank",),
    "comments": ("by_id",),
    "reports": ("by_queue",),
    "friend_requests": ("by_asker", "by_recipient"),
    "secret_entries": ("by_author",),
}
_ACTIONS = {
    "users": (GET, BATCH_GET, PUT, UPDATE, DELETE),
    "emails": (GET, PUT, DELETE),
    "sessions": (GET, PUT, UPDATE, DELETE, QUERY, BATCH_WRITE),
    "pictures": (GET, BATCH_GET, PUT, UPDATE, DELETE),
    "posts": (GET, BATCH_GET, PUT, UPDATE, DELETE),
    "likes": (BATCH_GET, PUT, DELETE),
    "postings": (QUERY,),
    # Only the indexing worker has business with it.
    "indexed_posts": (),
    "comments": (GET, BATCH_GET, PUT, UPDATE, DELETE, QUERY),
    "reports": (GET, BATCH_GET, PUT, UPDATE),
    "notices": (GET, QUERY, UPDATE),
    "blocks": (GET, BATCH_GET, PUT, DELETE, QUERY, CHECK),
    "friend_requests": (GET, BATCH_GET, PUT, UPDATE, DELETE, CHECK),
    "friendships": (GET, PUT, DELETE, QUERY, CHECK),
    "secret_diaries": (GET, BATCH_GET, PUT, UPDATE),
    "secret_entries": (GET, PUT, UPDATE, DELETE, QUERY),
    "idempotency": (GET, PUT),
    "limits": (UPDATE,),
    "model_server": (GET,),
    "counters": (QUERY, UPDATE),
    # Entries are only ever added.
    "audit": (QUERY, PUT),
    "password_resets": (GET, UPDATE),
    "exports": (GET, PUT, UPDATE),
    # Only the erasing worker has business with one that is begun.
    "erasures": (PUT,),
}


class Api(Construct):
    """One Lambda answers every route; what never reaches it, the gateway answers alike."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        functions: Functions,
        environment: Environment,
        data: Data,
        pictures: Pictures,
        model_control: lambda_.IFunction,
        queues: Queues,
        project: Path = paths.API,
    ) -> None:
        super().__init__(scope, name)
        log_group = functions.log_group(self)
        self.role = functions.role(self, log_group)
        self._allow(data, pictures, model_control)
        for queue in queues.queues.values():
            allow(self.role, SEND, [queue.queue_arn])
        if stage.translates_prompts:
            self._allow_translation()
        app = ChaliceApp(
            self,
            "App",
            project=project,
            stage_config={
                "api_gateway_stage": GATEWAY_STAGE,
                "api_gateway_endpoint_type": "REGIONAL",
                "manage_iam_role": False,
                "iam_role_arn": self.role.role_arn,
                "lambda_architecture": ARCHITECTURE.name,
                "lambda_memory_size": _MEMORY_MB,
                "lambda_timeout": _TIMEOUT_SECONDS,
                "layers": [functions.runtime.layer_version_arn],
                "environment_variables": {
                    **environment.everything(service="api"),
                    "MODEL_CONTROL_FUNCTION": model_control.function_name,
                },
            },
        )
        handler = app.get_resource("APIHandler")
        handler.add_property_override("LoggingConfig", {"LogGroup": log_group.log_group_name})
        handler.node.add_dependency(self.role)
        # What CloudWatch calls the API: dev and prod may share an account.
        self.name = f"deepstory-{stage.name}"
        gateway.complete(
            self,
            app.get_resource("RestAPI"),
            name=self.name,
            access_log=functions.log_group(self, "AccessLog"),
        )
        app.remove_outputs("APIHandlerArn", "APIHandlerName", "EndpointURL", "RestAPIId")
        self.function_name = handler.ref
        self.domain_name = (
            f"{app.get_resource('RestAPI').ref}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}"
        )
        # The stage is made by SAM, which knows it by this name.
        stage_name = Fn.ref(f"{app.get_resource('RestAPI').logical_id}.Stage")
        self.stage_arn = Stack.of(self).format_arn(
            service="apigateway",
            account="",
            resource="/restapis",
            resource_name=f"{app.get_resource('RestAPI').ref}/stages/{stage_name}",
        )
        CfnOutput(scope, "ApiUrl", value=f"https://{self.domain_name}/{GATEWAY_STAGE}")
        CfnOutput(scope, "ApiFunctionName", value=self.function_name)

    def _allow(self, data: Data, pictures: Pictures, model_control: lambda_.IFunction) -> None:
        for name, table in data.tables.items():
            allow_table(self.role, table, *_ACTIONS[name], indexes=_INDEXES.get(name, ()))
        # A URL that the API signs can do no more than the API itself.
        kept = pictures.bucket.arn_for_objects(f"{objects.KEPT}*")
        allow(self.role, ["s3:GetObject", "s3:DeleteObject"], [kept])
        objects.accept_prefix(self.role, pictures.bucket, objects.KEPT)
        packed = pictures.bucket.arn_for_objects(f"{objects.EXPORTS}*")
        allow(self.role, ["s3:GetObject"], [packed])
        objects.accept_prefix(self.role, pictures.bucket, objects.EXPORTS)
        allow(self.role, ["secretsmanager:GetSecretValue"], [data.signing_keys.secret_arn])
        allow(self.role, ["lambda:InvokeFunction"], [model_control.function_arn])

    def _allow_translation(self) -> None:
        allow(self.role, ["translate:TranslateText"], ["*"])
        accept(
            self.role,
            "AwsSolutions-IAM5[Resource::*]",
            "translate:TranslateText knows no resources.",
        )
