"""When a policy scales and by how much: CloudWatch's comparisons and the two policy types."""

import math
from dataclasses import dataclass
from typing import Any

HIGH_AFTER = 180.0
LOW_AFTER = 900.0
_LOW_SHARE = 0.9
_DEFAULT_COOLDOWN = 300.0

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Load:
    """An endpoint's queue and capacity at one moment."""

    backlog: int
    current: int
    desired: int

    @property
    def has_backlog_without_capacity(self) -> float:
        return float(self.backlog > 0 and self.current == 0)


@dataclass(frozen=True, slots=True)
class Tracking:
    """Since when a tracked metric has been out of bounds, and when it last scaled out."""

    high_since: float | None = None
    low_since: float | None = None
    scaled_out_at: float = -math.inf

    def next_due(self) -> float | None:
        """Return when the alarm that is building up would go off."""
        due = [
            since + after
            for since, after in ((self.high_since, HIGH_AFTER), (self.low_since, LOW_AFTER))
            if since is not None
        ]
        return min(due) if due else None


def breached(alarm: Document, value: float) -> bool:
    """Return whether a value puts a CloudWatch alarm into its ALARM state."""
    threshold = float(alarm["Threshold"])
    return {
        "GreaterThanOrEqualToThreshold": value >= threshold,
        "GreaterThanThreshold": value > threshold,
        "LessThanThreshold": value < threshold,
        "LessThanOrEqualToThreshold": value <= threshold,
    }.get(alarm["ComparisonOperator"], False)


def stepped(config: Document, desired: int, excess: float) -> int:
    """Return the capacity a step policy asks for when its alarm is exceeded by so much."""
    for step in config.get("StepAdjustments") or []:
        lower = float(step.get("MetricIntervalLowerBound", -math.inf))
        upper = float(step.get("MetricIntervalUpperBound", math.inf))
        if lower <= excess < upper:
            return _adjusted(config, desired, int(step["ScalingAdjustment"]))
    return desired


def _adjusted(config: Document, desired: int, adjustment: int) -> int:
    kind = config.get("AdjustmentType", "ChangeInCapacity")
    if kind == "ExactCapacity":
        return adjustment
    if kind == "PercentChangeInCapacity":
        change = math.trunc(desired * adjustment / 100)
        least = int(config.get("MinAdjustmentMagnitude", 0))
        change = change if abs(change) >= least else int(math.copysign(least, adjustment))
        return desired + change
    return desired + adjustment


def observed(config: Document, state: Tracking, load: Load, now: float) -> Tracking:
    """Return the state after a look at ApproximateBacklogSizePerInstance.

    The metric doesn't exist while there is no instance, so nothing builds up then.
    """
    target = float(config["TargetValue"])
    metric = load.backlog / load.current if load.current else None
    high = metric is not None and metric > target
    low = metric is not None and metric < target * _LOW_SHARE
    return Tracking(
        high_since=(state.high_since if state.high_since is not None else now) if high else None,
        low_since=(state.low_since if state.low_since is not None else now) if low else None,
        scaled_out_at=state.scaled_out_at,
    )


def tracked(config: Document, state: Tracking, load: Load, now: float) -> int:
    """Return the capacity a target tracking policy asks for; the desired one if none."""
    wanted = math.ceil(load.backlog / float(config["TargetValue"]))
    if state.high_since is not None and now - state.high_since >= HIGH_AFTER:
        cooldown = float(config.get("ScaleOutCooldown", _DEFAULT_COOLDOWN))
        return max(load.desired, wanted) if now - state.scaled_out_at >= cooldown else load.desired
    if state.low_since is not None and now - state.low_since >= LOW_AFTER:
        stays = str(config.get("DisableScaleIn", False)).lower() == "true"
        return load.desired if stays else min(load.desired, wanted)
    return load.desired
