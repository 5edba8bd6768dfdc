"""What Chalice leaves open about API Gateway: own answers, access log, throttling."""

from __future__ import annotations

import json

from aws_cdk import CfnResource, RemovalPolicy
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from deepstory_cdk import gateway_responses
from deepstory_cdk.checks import accept

_REQUESTS_PER_SECOND = 500
_BURST = 1000
_ACCESS_LOG = {
    "request_id": "$context.requestId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "status": "$context.status",
    "milliseconds": "$context.responseLatency",
    "bytes": "$context.responseLength",
    "integration_error": "$context.integrationErrorMessage",
}


def complete(
    scope: Construct, rest_api: CfnResource, *, name: str, access_log: logs.LogGroup
) -> None:
    """Complete the REST API in Chalice's template."""
    # SAM adds a stage called "Stage" to APIs that do not say which dialect they are written in.
    rest_api.add_property_override("OpenApiVersion", "2.0")
    rest_api.add_property_override("DefinitionBody.info.title", name)
    rest_api.add_property_override(
        "DefinitionBody.x-amazon-apigateway-gateway-responses", gateway_responses.definitions()
    )
    rest_api.add_property_override(
        "AccessLogSetting",
        {"DestinationArn": access_log.log_group_arn, "Format": json.dumps(_ACCESS_LOG)},
    )
    rest_api.add_property_override(
        "MethodSettings",
        [
            {
                "ResourcePath": "/*",
                "HttpMethod": "*",
                "ThrottlingRateLimit": _REQUESTS_PER_SECOND,
                "ThrottlingBurstLimit": _BURST,
                # The API as a whole has figures anyway; five more of each method would be billed.
                "MetricsEnabled": False,
                "LoggingLevel": "ERROR",
                "DataTraceEnabled": False,
            }
        ],
    )
    rest_api.node.add_dependency(_account(scope))


def _account(scope: Construct) -> apigateway.CfnAccount:
    """Let API Gateway write logs: one setting for all APIs of an account and region."""
    role = iam.Role(
        scope,
        "GatewayLogs",
        assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
        managed_policies=[
            iam.ManagedPolicy.from_aws_managed_policy_name(
                "service-role/AmazonAPIGatewayPushToCloudWatchLogs"
            )
        ],
    )
    # Other APIs of the account may have come to rely on it.
    role.apply_removal_policy(RemovalPolicy.RETAIN)
    accept(
        role,
        "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
        "AmazonAPIGatewayPushToCloudWatchLogs]",
        "This is the policy that API Gateway asks for; log groups it writes to are not ours alone.",
    )
    account = apigateway.CfnAccount(scope, "GatewayAccount", cloud_watch_role_arn=role.role_arn)
    account.apply_removal_policy(RemovalPolicy.RETAIN)
    return account
