"""The operations of application-autoscaling for the instance count of SageMaker endpoints."""

import re
import time
from collections.abc import Callable
from uuid import uuid4

from local.cloud.autoscaling.registry import DIMENSION, NAMESPACE, Registry, endpoint_key
from local.cloud.autoscaling.scaler import Scaler
from local.cloud.sagemaker.control import Operation
from local.cloud.sagemaker.errors import ApiError
from local.cloud.sagemaker.fleet import Fleet
from local.cloud.sagemaker.scope import Scope
from local.cloud.sagemaker.store import Record

_RESOURCE = re.compile(r"endpoint/[^/]+/variant/[^/]+")
_SUSPENSIONS = (
    "DynamicScalingInSuspended",
    "DynamicScalingOutSuspended",
    "ScheduledScalingSuspended",
)
_CONFIGS = {
    "StepScaling": "StepScalingPolicyConfiguration",
    "TargetTrackingScaling": "TargetTrackingScalingPolicyConfiguration",
}


class ObjectNotFoundError(ApiError):
    code = "ObjectNotFoundException"


class Operations:
    """Register, describe and remove scalable targets and scaling policies."""

    def __init__(
        self,
        registry: Registry,
        scaler: Scaler,
        fleet: Fleet,
        alarms: Callable[[str], list[Record]],
    ) -> None:
        self._registry = registry
        self._scaler = scaler
        self._fleet = fleet
        self._alarms = alarms

    def table(self) -> dict[str, Operation]:
        return {
            "RegisterScalableTarget": self.register_target,
            "DescribeScalableTargets": self.describe_targets,
            "DeregisterScalableTarget": self.deregister_target,
            "PutScalingPolicy": self.put_policy,
            "DescribeScalingPolicies": self.describe_policies,
            "DeleteScalingPolicy": self.delete_policy,
            "DescribeScalingActivities": self.describe_activities,
        }

    def register_target(self, scope: Scope, request: Record) -> Record:
        """Create or change a target; what isn't given stays. Capacity moves into the range."""
        key = _key(scope, request)
        self._check_variant(key)
        old = self._registry.targets.get(key) or _new_target(scope, request)
        suspended = {**old["SuspendedState"], **_flags(request.get("SuspendedState") or {})}
        changes = {
            name: int(request[name])
            for name in ("MinCapacity", "MaxCapacity")
            if request.get(name) is not None
        }
        target = {**old, **changes, "SuspendedState": suspended}
        if "MinCapacity" not in target or "MaxCapacity" not in target:
            raise ApiError("A new scalable target needs MinCapacity and MaxCapacity")
        if not 0 <= target["MinCapacity"] <= target["MaxCapacity"]:
            raise ApiError("Maximum capacity cannot be less than minimum capacity")
        self._registry.targets.put(key, target)
        self._scaler.fit(key)
        return {"ScalableTargetARN": target["ScalableTargetARN"]}

    def describe_targets(self, scope: Scope, request: Record) -> Record:
        _check_namespace(request)
        wanted = request.get("ResourceIds")
        rows = [row for _, row in self._registry.targets.items(scope.key(""))]
        return {"ScalableTargets": [r for r in rows if not wanted or r["ResourceId"] in wanted]}

    def deregister_target(self, scope: Scope, request: Record) -> Record:
        self._registry.remove(self._target(scope, request))
        return {}

    def put_policy(self, scope: Scope, request: Record) -> Record:
        key = self._target(scope, request)
        kind, name = request.get("PolicyType", "StepScaling"), request.get("PolicyName")
        if kind not in _CONFIGS or not name or not request.get(_CONFIGS[kind]):
            raise ApiError(f"PolicyName and the configuration of a {kind} policy are needed")
        old = self._registry.policies.get(f"{key}|{name}")
        resource = f"resource/sagemaker/{request['ResourceId']}:policyName/{name}"
        arn = scope.arn(f"scalingPolicy:{uuid4()}:{resource}", "autoscaling")
        policy = {
            "PolicyARN": old["PolicyARN"] if old else arn,
            "PolicyName": name,
            "ServiceNamespace": NAMESPACE,
            "ResourceId": request["ResourceId"],
            "ScalableDimension": DIMENSION,
            "PolicyType": kind,
            _CONFIGS[kind]: request[_CONFIGS[kind]],
            "CreationTime": old["CreationTime"] if old else time.time(),
        }
        self._registry.policies.put(f"{key}|{name}", policy)
        self._scaler.look(endpoint_key(key))
        return {"PolicyARN": policy["PolicyARN"], "Alarms": self._alarms_of(key, policy)}

    def describe_policies(self, scope: Scope, request: Record) -> Record:
        _check_namespace(request)
        names, resource = request.get("PolicyNames"), request.get("ResourceId")
        rows = [
            {**policy, "Alarms": self._alarms_of(key, policy)}
            for key, policy in self._registry.policies.items(scope.key(""))
            if (not names or policy["PolicyName"] in names)
            and resource in (None, policy["ResourceId"])
        ]
        return {"ScalingPolicies": rows}

    def delete_policy(self, scope: Scope, request: Record) -> Record:
        key = f"{_key(scope, request)}|{request.get('PolicyName')}"
        if self._registry.policies.get(key) is None:
            raise ObjectNotFoundError(f"No scaling policy found for {_identity(request)}")
        self._registry.policies.delete(key)
        return {}

    def describe_activities(self, scope: Scope, request: Record) -> Record:
        _check_namespace(request)
        wanted = request.get("ResourceId")
        keys = [key for key, _ in self._registry.targets.items(scope.key(""))]
        keys = [key for key in keys if wanted is None or key == scope.key(wanted)]
        rows = [row for key in keys for row in self._registry.activities(key)]
        return {"ScalingActivities": sorted(rows, key=lambda row: row["StartTime"], reverse=True)}

    def _target(self, scope: Scope, request: Record) -> str:
        key = _key(scope, request)
        if self._registry.targets.get(key) is None:
            raise ObjectNotFoundError(f"No scalable target registered for {_identity(request)}")
        return key

    def _check_variant(self, key: str) -> None:
        endpoint = self._fleet.endpoints.get(endpoint_key(key))
        if endpoint is None or endpoint["variant"]["VariantName"] != key.rpartition("/")[2]:
            raise ApiError(f"The resource {key.split('/', 2)[2]} does not exist")

    def _alarms_of(self, key: str, policy: Record) -> list[Record]:
        return [
            {"AlarmName": alarm["AlarmName"], "AlarmARN": alarm["AlarmArn"]}
            for alarm in self._alarms(key)
            if policy["PolicyARN"] in alarm.get("AlarmActions", ())
        ]


def _new_target(scope: Scope, request: Record) -> Record:
    role = "role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/"
    name = "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
    arn = scope.arn(f"scalable-target/{uuid4().hex}", "application-autoscaling")
    return {
        "ServiceNamespace": NAMESPACE,
        "ResourceId": request["ResourceId"],
        "ScalableDimension": DIMENSION,
        "RoleARN": f"arn:aws:iam::{scope.account}:{role}{name}",
        "CreationTime": time.time(),
        "SuspendedState": dict.fromkeys(_SUSPENSIONS, False),
        "ScalableTargetARN": arn,
    }


def _flags(given: Record) -> dict[str, bool]:
    return {name: str(given[name]).lower() == "true" for name in _SUSPENSIONS if name in given}


def _check_namespace(request: Record) -> None:
    if request.get("ServiceNamespace") != NAMESPACE:
        raise ApiError("Only the service namespace sagemaker is available here")


def _key(scope: Scope, request: Record) -> str:
    _check_namespace(request)
    resource = str(request.get("ResourceId"))
    if request.get("ScalableDimension") != DIMENSION or not _RESOURCE.fullmatch(resource):
        raise ApiError(f"Unsupported {_identity(request)}")
    return scope.key(resource)


def _identity(request: Record) -> str:
    return (
        f"service namespace: {request.get('ServiceNamespace')}, "
        f"resource ID: {request.get('ResourceId')}, "
        f"scalable dimension: {request.get('ScalableDimension')}"
    )
