"""Structured logs that never hold what people wrote.

Powertools is imported on first use: it costs tens of milliseconds of a cold start.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

NAMESPACE = "DeepStory"


@cache
def logger() -> Logger:
    """Return the logger; its service name and level come from POWERTOOLS_* variables."""
    from aws_lambda_powertools import Logger

    return Logger(utc=True)


def count(metric: str, number: int) -> None:
    """Write a number to the log in the format from which CloudWatch makes a metric.

    Nothing is written of nothing: a metric is billed for each hour in which it was given a number,
    and these are looked at by alarms that take silence for nothing.
    """
    if not number:
        return
    from aws_lambda_powertools.metrics import MetricUnit, single_metric

    with single_metric(name=metric, unit=MetricUnit.Count, value=number, namespace=NAMESPACE):
        pass


def pseudonym(user_id: str) -> str:
    """Return a short hash that lets log lines of one user be joined, not read."""
    return hashlib.sha256(user_id.encode()).hexdigest()[:16]
