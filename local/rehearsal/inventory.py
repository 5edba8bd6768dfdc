"""Everything in an account that could cost or hold something, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Clients = Callable[[str], Any]

# Kind: the service, its listing, and where in each page the names are.
_LISTED = {
    "AWS::DynamoDB::Table": ("dynamodb", "list_tables", "TableNames", ""),
    "AWS::Lambda::Function": ("lambda", "list_functions", "Functions", "FunctionName"),
    "AWS::Lambda::LayerVersion": ("lambda", "list_layers", "Layers", "LayerName"),
    "AWS::Lambda::EventSourceMapping": (
        "lambda",
        "list_event_source_mappings",
        "EventSourceMappings",
        "UUID",
    ),
    "AWS::SNS::Topic": ("sns", "list_topics", "Topics", "TopicArn"),
    "AWS::SNS::Subscription": ("sns", "list_subscriptions", "Subscriptions", "SubscriptionArn"),
    "AWS::IAM::Role": ("iam", "list_roles", "Roles", "RoleName"),
    "AWS::Logs::LogGroup": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "AWS::SageMaker::Endpoint": ("sagemaker", "list_endpoints", "Endpoints", "EndpointName"),
    "AWS::SageMaker::EndpointConfig": (
        "sagemaker",
        "list_endpoint_configs",
        "EndpointConfigs",
        "EndpointConfigName",
    ),
    "AWS::SageMaker::Model": ("sagemaker", "list_models", "Models", "ModelName"),
    "AWS::Scheduler::Schedule": ("scheduler", "list_schedules", "Schedules", "Name"),
    "AWS::SecretsManager::Secret": ("secretsmanager", "list_secrets", "SecretList", "ARN"),
    "AWS::CloudWatch::Alarm": ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "AWS::CloudWatch::Dashboard": (
        "cloudwatch",
        "list_dashboards",
        "DashboardEntries",
        "DashboardName",
    ),
    "AWS::ApiGateway::RestApi": ("apigateway", "get_rest_apis", "items", "id"),
}
_UNPAGED = {
    "AWS::SES::EmailIdentity": (
        "sesv2",
        "list_email_identities",
        "EmailIdentities",
        "IdentityName",
    ),
    "AWS::S3::Bucket": ("s3", "list_buckets", "Buckets", "Name"),
    "AWS::SQS::Queue": ("sqs", "list_queues", "QueueUrls", ""),
}
_BY_HAND = (
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::CloudFront::Distribution",
    "AWS::Events::Rule",
    "AWS::IAM::ManagedPolicy",
)
WATCHED = frozenset({*_LISTED, *_UNPAGED, *_BY_HAND})
# What cannot be without something that is watched, or costs nothing and holds nothing.
PARTS = frozenset(
    {
        # The one role by which API Gateway writes the logs of all APIs of an account.
        "AWS::ApiGateway::Account",
        "AWS::ApiGateway::Deployment",
        "AWS::ApiGateway::GatewayResponse",
        "AWS::ApiGateway::Method",
        "AWS::ApiGateway::Resource",
        "AWS::ApiGateway::Stage",
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        "AWS::CDK::Metadata",
        "AWS::CloudFront::CachePolicy",
        "AWS::CloudFront::Function",
        "AWS::CloudFront::OriginAccessControl",
        "AWS::CloudFront::OriginRequestPolicy",
        "AWS::CloudFront::ResponseHeadersPolicy",
        "AWS::IAM::Policy",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::Permission",
        "AWS::Logs::MetricFilter",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
        "Custom::CDKBucketDeployment",
        "Custom::S3AutoDeleteObjects",
    }
)


def take(clients: Clients) -> set[tuple[str, str]]:
    """Return the kind and name of everything there is."""
    return set(_everything(clients))


def unwatched(clients: Clients, stack: str) -> set[str]:
    """Return the kinds of a stack's resources that ``take`` would not see."""
    pages = clients("cloudformation").get_paginator("list_stack_resources")
    found = {
        resource["ResourceType"]
        for page in pages.paginate(StackName=stack)
        for resource in page["StackResourceSummaries"]
    }
    return found - WATCHED - PARTS


def _everything(clients: Clients) -> Iterator[tuple[str, str]]:
    for kind, (service, operation, member, name) in _LISTED.items():
        for page in clients(service).get_paginator(operation).paginate():
            yield from ((kind, _name(each, name)) for each in page.get(member, []))
    for kind, (service, operation, member, name) in _UNPAGED.items():
        answer = getattr(clients(service), operation)()
        yield from ((kind, _name(each, name)) for each in answer.get(member, []))
    targets = clients("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="sagemaker"
    )
    for target in targets["ScalableTargets"]:
        yield "AWS::ApplicationAutoScaling::ScalableTarget", target["ResourceId"]
    for page in clients("iam").get_paginator("list_policies").paginate(Scope="Local"):
        yield from (("AWS::IAM::ManagedPolicy", policy["Arn"]) for policy in page["Policies"])
    distributions = clients("cloudfront").list_distributions()["DistributionList"]
    for distribution in distributions.get("Items", []):
        yield "AWS::CloudFront::Distribution", distribution["Id"]
    for rule in clients("events").list_rules()["Rules"]:
        yield "AWS::Events::Rule", rule["Name"]


def _name(each: Any, name: str) -> str:
    return str(each[name] if name else each)
