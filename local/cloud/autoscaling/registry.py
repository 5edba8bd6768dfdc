"""What has been registered: scalable targets, their policies, and what was done for them."""

from collections.abc import Container
from pathlib import Path
from typing import Any
from uuid import uuid4

from local.cloud.sagemaker.scope import Scope
from local.cloud.sagemaker.store import DurableMap, Record

DIMENSION = "sagemaker:variant:DesiredInstanceCount"
NAMESPACE = "sagemaker"
_KEPT_ACTIVITIES = 100


def endpoint_key(target_key: str) -> str:
    """Return the key of the endpoint that a target ``.../endpoint/NAME/variant/NAME`` scales."""
    account, region, _, name, _, _ = target_key.split("/")
    return Scope(account, region).key(name)


class Registry:
    """Durable records; targets and activities have the key of their resource id."""

    def __init__(self, directory: Path) -> None:
        self.targets = DurableMap(directory / "targets.json")
        self.policies = DurableMap(directory / "policies.json")
        self._activities = DurableMap(directory / "activities.json")

    def targets_of(self, endpoint: str) -> list[tuple[str, Record]]:
        """Return the targets that scale an endpoint."""
        return [pair for pair in self.targets.items() if endpoint_key(pair[0]) == endpoint]

    def policies_of(self, target_key: str) -> list[Record]:
        return [policy for _, policy in self.policies.items(f"{target_key}|")]

    def remove(self, target_key: str) -> None:
        """Forget a target and, as AWS does, its policies."""
        for policy in self.policies_of(target_key):
            self.policies.delete(f"{target_key}|{policy['PolicyName']}")
        self.targets.delete(target_key)

    def keep_only(self, endpoints: Container[str]) -> None:
        """Forget the targets of endpoints that are gone."""
        for key, _ in self.targets.items():
            if endpoint_key(key) not in endpoints:
                self.remove(key)

    def activities(self, target_key: str) -> list[Record]:
        """Return what was done, newest first."""
        record = self._activities.get(target_key) or {"done": []}
        done: list[Record] = record["done"]
        return done

    def note(self, target_key: str, count: int, cause: str, now: float) -> None:
        """Remember a scaling activity."""
        activity: dict[str, Any] = {
            "ActivityId": str(uuid4()),
            "ServiceNamespace": NAMESPACE,
            "ResourceId": target_key.split("/", 2)[2],
            "ScalableDimension": DIMENSION,
            "Description": f"Setting desired instance count to {count}.",
            "Cause": cause,
            "StartTime": now,
            "EndTime": now,
            "StatusCode": "Successful",
            "StatusMessage": f"Successfully set desired instance count to {count}.",
        }
        done = [activity, *self.activities(target_key)][:_KEPT_ACTIVITIES]
        self._activities.put(target_key, {"done": done})
