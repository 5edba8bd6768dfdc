"""Whether pictures are drawn, and whether a GPU is paid for that draws none."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from deepstory_cdk.alarms import call_people
from deepstory_cdk.model_endpoint import VARIANT

_FIVE_MINUTES = Duration.minutes(5)
_QUARTER = Duration.minutes(15)
_OLD_SECONDS = 1800
_IDLE_QUARTERS = 12


def of_endpoint(
    endpoint: str, name: str, statistic: str, *, period: Duration = _FIVE_MINUTES
) -> cloudwatch.Metric:
    """Return a figure of the endpoint's queue."""
    return cloudwatch.Metric(
        namespace="AWS/SageMaker",
        metric_name=name,
        dimensions_map={"EndpointName": endpoint},
        statistic=statistic,
        period=period,
    )


def of_variant(
    endpoint: str,
    name: str,
    statistic: str,
    *,
    namespace: str = "AWS/SageMaker",
    period: Duration = _FIVE_MINUTES,
) -> cloudwatch.Metric:
    """Return a figure of the endpoint's work, or of its instances in their own namespace."""
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        dimensions_map={"EndpointName": endpoint, "VariantName": VARIANT},
        statistic=statistic,
        period=period,
    )


def watch_model(scope: Construct, endpoint: str) -> None:
    """Call people when pictures fail or wait long, no instance comes, or one runs for nothing."""
    call_people(
        scope,
        "PicturesFail",
        of_variant(endpoint, "InvocationFailures", "Sum", period=_QUARTER),
        when=3,
        meaning="Three or more pictures failed at the model server within a quarter of an hour.",
        first="see the endpoint's log; a model that was just published is rolled back.",
    )
    call_people(
        scope,
        "PicturesWait",
        of_endpoint(endpoint, "ApproximateAgeOfOldestRequest", "Maximum"),
        when=_OLD_SECONDS,
        periods=2,
        meaning="A picture has waited for half an hour or more: the queue does not get shorter.",
        first="see whether instances run; if so raise their number, else see ModelDoesNotWake.",
    )
    call_people(
        scope,
        "ModelDoesNotWake",
        of_endpoint(endpoint, "HasBacklogWithoutCapacity", "Minimum"),
        when=1,
        periods=5,
        meaning="Pictures have waited for 25 minutes and no instance came; 3 to 7 are usual.",
        first="see the model server's switch, then the endpoint's scaling activities: mostly AWS "
        "has no such GPU at the moment, or the quota is used up.",
    )
    call_people(
        scope,
        "ModelIdles",
        _running_for_nothing(endpoint),
        when=1,
        periods=_IDLE_QUARTERS,
        meaning="A GPU instance has run for 3 hours and drew nothing; it costs money.",
        first="see the model server's switch and schedule; on auto, see why TendModelServer did "
        "not stop it, and switch to off.",
    )


def _running_for_nothing(endpoint: str) -> cloudwatch.MathExpression:
    # Only an instance that is there reports its processor.
    running = of_variant(
        endpoint,
        "CPUUtilization",
        "SampleCount",
        namespace="/aws/sagemaker/Endpoints",
        period=_QUARTER,
    )
    return cloudwatch.MathExpression(
        expression="IF(FILL(running,0) > 0 AND FILL(backlog,0) == 0, 1, 0)",
        using_metrics={
            "running": running,
            "backlog": of_endpoint(endpoint, "ApproximateBacklogSize", "Maximum", period=_QUARTER),
        },
        label="runs for nothing",
        period=_QUARTER,
    )
