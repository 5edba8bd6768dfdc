"""The one way to make an alarm that calls people.

What it does then is added by the monitoring, which is made last. Each metric that an alarm looks
at costs its own fee every month, so there are few (docs/adr/0018).
"""

from __future__ import annotations

from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct


def call_people(
    scope: Construct,
    name: str,
    metric: cloudwatch.IMetric,
    *,
    when: float,
    meaning: str,
    first: str,
    periods: int = 1,
    out_of: int | None = None,
    **options: Any,
) -> cloudwatch.Alarm:
    """Make an alarm that goes off at ``when`` or above, in so many periods of the last ``out_of``.

    ``name`` is what people read in the mail and look up in the runbook: never change it lightly.
    ``meaning`` says what has happened, ``first`` what to do first. Silence is no alarm.
    """
    return cloudwatch.Alarm(
        scope,
        name,
        alarm_name=f"{Stack.of(scope).stack_name}-{name}",
        alarm_description=f"{meaning} First: {first}",
        metric=metric,
        threshold=when,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        datapoints_to_alarm=periods,
        evaluation_periods=out_of or periods,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        **options,
    )


def alarm_on(scope: Construct, metric: str, *, service: str, meaning: str, first: str) -> None:
    """Have people called when a Lambda counts any of what should not be.

    ``service`` is the name by which it writes its log: a metric of another one is another metric.
    """
    counted = cloudwatch.Metric(
        namespace="DeepStory",
        metric_name=metric,
        dimensions_map={"service": service},
        statistic="Sum",
        period=Duration.hours(1),
    )
    call_people(scope, metric, counted, when=1, meaning=meaning, first=first)
