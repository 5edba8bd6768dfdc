"""What a deployment really contains, read from its synthesised template."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Resources = Mapping[str, Mapping[str, Any]]

HOURS = 730.0
_MINUTES = {"minute": 1, "hour": 60, "day": 1440}
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
# Target tracking makes one alarm to go up and one to go down.
_ALARMS_OF_TRACKING = 2
_KEPT_FOR_EVER = 3650
# Count, latency (two), 4xx and 5xx of each method.
_METRICS_OF_A_METHOD = 5
_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One Lambda that a schedule calls, and how often in a month."""

    schedule: str
    function: str
    runs: float
    gigabytes: float

    @property
    def is_kept_warm(self) -> bool:
        """Whether it runs so often that Lambda never lets its process go."""
        return self.runs > HOURS * 4


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """Amounts that cost something, or that limit something."""

    alarms: float
    own_metrics: int
    method_metrics: int
    dashboards: int
    secrets: int
    tables: int
    recoverable_tables: int
    polled_queues: int
    clocks: tuple[Clock, ...]
    called_by_clocks: tuple[str, ...]
    memory: Mapping[str, float]
    log_days: int
    has_model: bool
    instance_type: str
    max_instances: int
    has_edge: bool
    firewall_rules: int | None
    gateway_rate: int
    gateway_burst: int
    queue_workers: Mapping[str, int]

    def gigabytes(self, part: str) -> float:
        """Return the memory of the one Lambda whose id contains the text."""
        found = {memory for name, memory in self.memory.items() if part in name}
        if len(found) != 1:
            raise LookupError(f"{len(found)} sizes of Lambdas that are called like {part!r}")
        return found.pop()


def read(resources: Resources) -> Deployment:
    """Read a template's resources."""
    return _Template(resources).deployment()


class _Template:
    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def deployment(self) -> Deployment:
        memory = self._memory()
        method = self._method_settings()
        acl = list(self._of("AWS::WAFv2::WebACL"))
        variants = [
            variant
            for config in self._of("AWS::SageMaker::EndpointConfig")
            for variant in config["ProductionVariants"]
        ]
        targets = list(self._of("AWS::ApplicationAutoScaling::ScalableTarget"))
        tables = list(self._of("AWS::DynamoDB::Table"))
        logs = [
            each.get("RetentionInDays", _KEPT_FOR_EVER) for each in self._of("AWS::Logs::LogGroup")
        ]
        return Deployment(
            alarms=self._alarm_units(),
            own_metrics=self._own_metrics(),
            method_metrics=self._methods() * _METRICS_OF_A_METHOD * method["MetricsEnabled"],
            dashboards=len(list(self._of("AWS::CloudWatch::Dashboard"))),
            secrets=len(list(self._of("AWS::SecretsManager::Secret"))),
            tables=len(tables),
            recoverable_tables=sum("PointInTimeRecoverySpecification" in t for t in tables),
            polled_queues=len(self._queue_workers()),
            clocks=tuple(self._clocks(memory)),
            called_by_clocks=tuple(name for name in memory if "ModelControl" in name),
            memory=memory,
            log_days=max(logs),
            has_model=bool(variants),
            instance_type=_instance_type(variants[0]) if variants else "",
            max_instances=targets[0]["MaxCapacity"] if targets else 0,
            has_edge=any(self._of("AWS::CloudFront::Distribution")),
            firewall_rules=len(acl[0].get("Rules", [])) if acl else None,
            gateway_rate=method["ThrottlingRateLimit"],
            gateway_burst=method["ThrottlingBurstLimit"],
            queue_workers=self._queue_workers(),
        )

    def _of(self, kind: str) -> Iterator[Mapping[str, Any]]:
        return (
            each.get("Properties", {}) for each in self._resources.values() if each["Type"] == kind
        )

    def _alarm_units(self) -> float:
        """Count alarms as they are billed: by the metrics that each looks at."""
        units: float = sum(_looked_at(alarm) for alarm in self._of("AWS::CloudWatch::Alarm"))
        tracking: int = sum(
            policy["PolicyType"] == "TargetTrackingScaling"
            for policy in self._of("AWS::ApplicationAutoScaling::ScalingPolicy")
        )
        # A composite alarm costs five times a metric's.
        composite = 5 * len(list(self._of("AWS::CloudWatch::CompositeAlarm")))
        return units + tracking * _ALARMS_OF_TRACKING + composite

    def _own_metrics(self) -> int:
        return sum(each.get("Namespace") == "DeepStory" for each in self._of(_ALARM))

    def _method_settings(self) -> Mapping[str, Any]:
        for api in self._of("AWS::Serverless::Api"):
            settings: Mapping[str, Any] = api["MethodSettings"][0]
            return settings
        raise LookupError("the template has no API")

    def _methods(self) -> int:
        return sum(
            method in _METHODS
            for api in self._of("AWS::Serverless::Api")
            for path in api["DefinitionBody"]["paths"].values()
            for method in path
        )

    def _memory(self) -> dict[str, float]:
        kinds = ("AWS::Lambda::Function", "AWS::Serverless::Function")
        return {
            name: each["Properties"].get("MemorySize", 128) / 1024
            for name, each in self._resources.items()
            if each["Type"] in kinds
        }

    def _clocks(self, memory: Mapping[str, float]) -> Iterator[Clock]:
        for name, each in self._resources.items():
            if each["Type"] == "AWS::Scheduler::Schedule":
                function = each["Properties"]["Target"]["Arn"]["Fn::GetAtt"][0]
                yield Clock(
                    schedule=name,
                    function=function,
                    runs=_runs(each["Properties"]["ScheduleExpression"]),
                    gigabytes=memory[function],
                )

    def _queue_workers(self) -> dict[str, int]:
        return {
            mapping["EventSourceArn"]["Fn::GetAtt"][0]: mapping["ScalingConfig"][
                "MaximumConcurrency"
            ]
            for mapping in self._of("AWS::Lambda::EventSourceMapping")
            if "ScalingConfig" in mapping
        }


_ALARM = "AWS::CloudWatch::Alarm"


def _instance_type(variant: Mapping[str, Any]) -> str:
    """Return the type; of several that are tried in turn, the first."""
    pools = sorted(variant.get("InstancePools", []), key=lambda pool: int(pool["Priority"]))
    return str(pools[0]["InstanceType"] if pools else variant["InstanceType"])


def _looked_at(alarm: Mapping[str, Any]) -> int:
    queries = alarm.get("Metrics", [])
    return sum("MetricStat" in query for query in queries) or 1


def _runs(expression: str) -> float:
    """Return how often in a month a schedule calls; a cron expression, at most once a day."""
    match = _RATE.fullmatch(expression)
    if match is None:
        return HOURS / 24
    return HOURS * 60 / (int(match[1]) * _MINUTES[match[2]])
