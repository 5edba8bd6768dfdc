"""What somebody looks at who was called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from deepstory_cdk.monitoring.api import api_metric
from deepstory_cdk.monitoring.calls import refused
from deepstory_cdk.monitoring.lambdas import READERS, iterator_age, throttles
from deepstory_cdk.monitoring.model import of_endpoint, of_variant
from deepstory_cdk.monitoring.queues import oldest

if TYPE_CHECKING:
    from deepstory_cdk.api import Api
    from deepstory_cdk.queues import Queues

_FIVE_MINUTES = Duration.minutes(5)


def show(
    scope: Construct,
    *,
    alarms: Sequence[cloudwatch.IAlarm],
    api: Api,
    functions: Mapping[str, lambda_.Function],
    queues: Queues,
    endpoint: str | None,
    stage: str,
) -> None:
    """Make the dashboard. One of more than 50 metrics has a fee, so not everything is on it."""
    stack = Stack.of(scope)
    rows: list[list[cloudwatch.IWidget]] = [
        [cloudwatch.AlarmStatusWidget(alarms=alarms, title="Alarms", width=24, height=4)],
        _api(api.name),
        _lambdas(api.function_name, functions, stage),
        _waiting(functions, queues),
    ]
    if endpoint is not None:
        rows.append(_model(endpoint))
    cloudwatch.Dashboard(
        scope,
        "Dashboard",
        dashboard_name=stack.stack_name,
        default_interval=Duration.hours(3),
        widgets=rows,
    )
    CfnOutput(
        stack,
        "DashboardUrl",
        value=f"https://{stack.region}.console.aws.amazon.com/cloudwatch/home"
        f"?region={stack.region}#dashboards/dashboard/{stack.stack_name}",
    )


def _api(name: str) -> list[cloudwatch.IWidget]:
    return [
        _graph(
            "Answers",
            api_metric(name, "Count", "Sum"),
            api_metric(name, "4XXError", "Sum"),
            api_metric(name, "5XXError", "Sum"),
        ),
        _graph(
            "Milliseconds until the answer",
            api_metric(name, "Latency", "p50"),
            api_metric(name, "Latency", "p99"),
        ),
    ]


def _lambdas(
    api_function: str, functions: Mapping[str, lambda_.Function], stage: str
) -> list[cloudwatch.IWidget]:
    of_api = cloudwatch.Metric(
        namespace="AWS/Lambda",
        metric_name="Errors",
        dimensions_map={"FunctionName": api_function},
        statistic="Sum",
        period=_FIVE_MINUTES,
        label="Api",
    )
    others = [
        each.metric_errors(period=_FIVE_MINUTES, label=name) for name, each in functions.items()
    ]
    concurrent = lambda_.Function.metric_all_concurrent_executions(period=_FIVE_MINUTES)
    return [
        _graph("Errors by Lambda", of_api, *others),
        _graph("Lambdas at once, refused calls", concurrent, throttles(), refused(stage)),
    ]


def _waiting(functions: Mapping[str, lambda_.Function], queues: Queues) -> list[cloudwatch.IWidget]:
    ages = [iterator_age(functions[name]).with_(label=name) for name in READERS]
    oldest_messages = [oldest(each).with_(label=name) for name, each in queues.queues.items()]
    return [
        _graph("Milliseconds that streams are behind", *ages),
        _graph("Seconds that the oldest message waits", *oldest_messages),
    ]


def _model(endpoint: str) -> list[cloudwatch.IWidget]:
    instances = "/aws/sagemaker/Endpoints"
    return [
        _graph(
            "Pictures at the model server",
            of_endpoint(endpoint, "ApproximateBacklogSize", "Maximum"),
            of_variant(endpoint, "InvocationFailures", "Sum"),
            of_variant(endpoint, "ExpiredRequests", "Sum"),
        ),
        _graph(
            "Its instances, in percent",
            of_variant(endpoint, "CPUUtilization", "Average", namespace=instances),
            of_variant(endpoint, "GPUUtilization", "Average", namespace=instances),
        ),
    ]


def _graph(title: str, *metrics: cloudwatch.IMetric) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=12, height=6)
