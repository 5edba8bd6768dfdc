"""Whether people get answers."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from deepstory_cdk.alarms import call_people
from deepstory_cdk.api import GATEWAY_STAGE

_FAILING = 0.05
_SLOW_MILLISECONDS = 5000


def api_metric(api_name: str, name: str, statistic: str) -> cloudwatch.Metric:
    """Return what API Gateway reports of our API."""
    return cloudwatch.Metric(
        namespace="AWS/ApiGateway",
        metric_name=name,
        dimensions_map={"ApiName": api_name, "Stage": GATEWAY_STAGE},
        statistic=statistic,
        period=Duration.minutes(5),
    )


def watch_api(scope: Construct, api_name: str) -> None:
    """Call people when answers fail or are slow."""
    call_people(
        scope,
        "ApiErrors",
        # Each request is a 0 or a 1, so that the average is the share that failed.
        api_metric(api_name, "5XXError", "Average"),
        when=_FAILING,
        periods=2,
        out_of=3,
        meaning="5 % of the API's answers or more were errors of ours.",
        first="see the API's access log for the route, and its Lambda's log by request id.",
    )
    call_people(
        scope,
        "ApiSlow",
        api_metric(api_name, "Latency", "p99"),
        when=_SLOW_MILLISECONDS,
        periods=3,
        # A hundredth of three requests is whatever the slowest took, mostly a cold start.
        evaluate_low_sample_count_percentile="ignore",
        meaning="For a quarter of an hour one answer in a hundred took 5 seconds or more.",
        first="see on the dashboard whether Lambdas are throttled, then which route is slow in the "
        "API's access log.",
    )
