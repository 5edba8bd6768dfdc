"""Alarms on formulas: the embedded cloud keeps them, but has nothing to compute them with."""

from typing import Any

from local.cloud import seams


def install() -> None:
    """Let stacks have such alarms; they stay without data."""
    stacks = seams.module("services.cloudformation.provisioners")
    record = stacks._cw_metric_alarm_record

    def keep(name: str, properties: dict[str, Any]) -> Any:
        if properties.get("Metrics"):
            # Nobody writes this metric.
            properties = {**properties, "Namespace": "Formula", "MetricName": name}
            del properties["Metrics"]
        return record(name, properties)

    stacks._cw_metric_alarm_record = keep
