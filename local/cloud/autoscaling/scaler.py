"""Applies the registered policies to the endpoints, as their queues change."""

import asyncio
import logging
from collections.abc import Callable, Iterable

from local.cloud.autoscaling import rules
from local.cloud.autoscaling.registry import Registry, endpoint_key
from local.cloud.autoscaling.rules import Load, Tracking
from local.cloud.sagemaker.fleet import Fleet
from local.cloud.sagemaker.scope import name_of
from local.cloud.sagemaker.store import Record

logger = logging.getLogger("autoscaling")

_METRIC = "HasBacklogWithoutCapacity"
_PERIOD = 60.0

Alarms = Callable[[str], Iterable[Record]]


class Scaler:
    """Decides how many instances each scalable target should have.

    Unlike CloudWatch it looks at the moment something changes, so an endpoint without capacity
    wakes at once; tracked metrics need the same minutes out of bounds as on AWS. ``alarms`` gives
    the CloudWatch alarms of the account and region of a key.
    """

    def __init__(
        self, registry: Registry, fleet: Fleet, alarms: Alarms, clock: Callable[[], float]
    ) -> None:
        self._registry = registry
        self._fleet = fleet
        self._alarms = alarms
        self._clock = clock
        self._tracking: dict[str, Tracking] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def look(self, endpoint: str) -> None:
        """Evaluate every policy of an endpoint."""
        for key, target in self._registry.targets_of(endpoint):
            load = self._load(endpoint)
            if load is None:
                return
            for policy in self._registry.policies_of(key):
                self._apply(key, target, policy, load)
            self._look_again(endpoint, key, load)

    def fit(self, key: str) -> None:
        """Bring the capacity of a target into its range, whatever is suspended."""
        target = self._registry.targets.get(key)
        load = self._load(endpoint_key(key))
        if target is None or load is None:
            return
        count = _fitting(target, load.desired)
        if count != load.desired:
            bound = "minimum" if count > load.desired else "maximum"
            self._set(key, count, f"{bound} capacity was set to {count}")
        self.look(endpoint_key(key))

    def _load(self, endpoint: str) -> Load | None:
        record = self._fleet.endpoints.get(endpoint)
        if record is None:
            return None
        current = self._fleet.capacity(endpoint).current
        return Load(self._fleet.backlog(endpoint), current, record["desired"])

    def _apply(self, key: str, target: Record, policy: Record, load: Load) -> None:
        if policy["PolicyType"] == "StepScaling":
            count = self._stepped(key, policy, load)
        else:
            count = self._tracked(policy, load)
        count = _fitting(target, count)
        suspended = target["SuspendedState"]
        if (count > load.desired and not suspended["DynamicScalingOutSuspended"]) or (
            count < load.desired and not suspended["DynamicScalingInSuspended"]
        ):
            self._set(key, count, f"monitor alarm in state ALARM triggered {policy['PolicyName']}")
            self._tracking[policy["PolicyARN"]] = Tracking(
                scaled_out_at=self._clock() if count > load.desired else float("-inf")
            )

    def _stepped(self, key: str, policy: Record, load: Load) -> int:
        """Return what a step policy asks for; capacity that is on its way is enough."""
        value = load.has_backlog_without_capacity
        if value and load.desired:
            return load.desired
        for alarm in self._alarms(key):
            if _drives(alarm, policy, endpoint_key(key)) and rules.breached(alarm, value):
                config = policy["StepScalingPolicyConfiguration"]
                return rules.stepped(config, load.desired, value - float(alarm["Threshold"]))
        return load.desired

    def _tracked(self, policy: Record, load: Load) -> int:
        config, now = policy["TargetTrackingScalingPolicyConfiguration"], self._clock()
        before = self._tracking.get(policy["PolicyARN"], Tracking())
        state = rules.observed(config, before, load, now)
        self._tracking[policy["PolicyARN"]] = state
        return rules.tracked(config, state, load, now)

    def _set(self, key: str, count: int, cause: str) -> None:
        logger.info("%s: %s, so %d instances are wanted", key, cause, count)
        self._registry.note(key, count, cause, self._clock())
        self._fleet.set_desired(endpoint_key(key), count)

    def _look_again(self, endpoint: str, key: str, load: Load) -> None:
        """Come back when an alarm is due, or each period while nobody serves the backlog."""
        if timer := self._timers.pop(endpoint, None):
            timer.cancel()
        now = self._clock()
        due = [
            state.next_due()
            for policy in self._registry.policies_of(key)
            if (state := self._tracking.get(policy["PolicyARN"]))
        ]
        if load.has_backlog_without_capacity:
            due.append(now + _PERIOD)
        waits = [_PERIOD if at <= now else at - now for at in due if at is not None]
        if waits:
            loop = asyncio.get_running_loop()
            self._timers[endpoint] = loop.call_later(min(waits), self.look, endpoint)


def _fitting(target: Record, count: int) -> int:
    return min(max(count, int(target["MinCapacity"])), int(target["MaxCapacity"]))


def _drives(alarm: Record, policy: Record, endpoint: str) -> bool:
    """Return whether an alarm on the endpoint's missing capacity triggers the policy."""
    dimensions = {one["Name"]: one["Value"] for one in alarm.get("Dimensions") or []}
    return (
        policy["PolicyARN"] in alarm.get("AlarmActions", ())
        and alarm.get("ActionsEnabled", True) is not False
        and alarm.get("Namespace") == "AWS/SageMaker"
        and alarm.get("MetricName") == _METRIC
        and dimensions.get("EndpointName") == name_of(endpoint)
    )
