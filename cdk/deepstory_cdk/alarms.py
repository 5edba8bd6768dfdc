"""Alarms on numbers that Lambdas write to their logs."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct


def alarm_on(scope: Construct, metric: str, meaning: str, *, service: str) -> None:
    """Have people called when a Lambda counts any of what should not be.

    ``service`` is the name by which it writes its log: a metric of another one is another metric.
    """
    cloudwatch.CfnAlarm(
        scope,
        metric,
        alarm_description=meaning,
        namespace="DeepStory",
        metric_name=metric,
        dimensions=[cloudwatch.CfnAlarm.DimensionProperty(name="service", value=service)],
        statistic="Sum",
        period=3600,
        evaluation_periods=1,
        threshold=0,
        comparison_operator="GreaterThanThreshold",
        treat_missing_data="notBreaching",
    )
