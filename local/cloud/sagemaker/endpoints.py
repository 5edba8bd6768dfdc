"""The endpoint operations: what is wanted is stored here, the fleet makes it so."""

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from local.cloud.sagemaker import deployments
from local.cloud.sagemaker.errors import ApiError
from local.cloud.sagemaker.fleet import Fleet
from local.cloud.sagemaker.models import Models, found, page, require_name, require_new
from local.cloud.sagemaker.scope import Scope, name_of
from local.cloud.sagemaker.store import Record


class Endpoints:
    """Create, update, scale, describe, list and delete endpoints.

    An endpoint keeps a copy of its configuration and of its model's environment, so that these
    may be deleted while it runs, as CloudFormation does after an update.
    """

    def __init__(
        self, models: Models, fleet: Fleet, clock: Callable[[], float] = time.time
    ) -> None:
        self._models = models
        self._fleet = fleet
        self._endpoints = fleet.endpoints
        self._clock = clock

    def create(self, scope: Scope, request: Record) -> Record:
        name = require_name(request, "EndpointName")
        require_new(self._endpoints, scope, name, "endpoint", "endpoint")
        deployed = self._deployment(scope, request)
        variant = deployed["variant"]
        now = self._clock()
        endpoint = {
            **deployed,
            "key": scope.key(name),
            "desired": int(variant.get("InitialInstanceCount", 1)),
            "weight": float(variant.get("InitialVariantWeight", 1.0)),
            "generation": uuid4().hex,
            "was_ready": False,
            "created": now,
            "modified": now,
        }
        self._deploy(endpoint)
        return {"EndpointArn": scope.arn(f"endpoint/{name}")}

    def update(self, scope: Scope, request: Record) -> Record:
        """Replace the configuration; instances of the old one serve until new ones are ready.

        If the new one does not start, the old one stays. From zero nothing is started, so nothing
        is found out either, as on AWS.
        """
        old = self._found(scope, request)
        deployed = self._deployment(scope, request)
        variant = deployed["variant"]
        if request.get("RetainAllVariantProperties") in (True, "true"):
            desired, weight = old["desired"], old["weight"]
        else:
            desired = int(variant.get("InitialInstanceCount", 1))
            weight = float(variant.get("InitialVariantWeight", 1.0))
        endpoint = {
            **old,
            **deployed,
            "former": deployments.former(old),
            "failure": None,
            "desired": desired,
            "weight": weight,
            "generation": uuid4().hex,
            "modified": self._clock(),
        }
        self._deploy(endpoint)
        return {"EndpointArn": scope.arn(f"endpoint/{name_of(endpoint['key'])}")}

    def update_capacities(self, scope: Scope, request: Record) -> Record:
        endpoint = self._found(scope, request)
        changes: dict[str, Any] = {"modified": self._clock()}
        for wanted in request.get("DesiredWeightsAndCapacities") or []:
            if wanted.get("VariantName") != endpoint["variant"]["VariantName"]:
                raise ApiError(f"The variant name(s) {wanted.get('VariantName')!r} do not exist")
            if "DesiredInstanceCount" in wanted:
                changes["desired"] = int(wanted["DesiredInstanceCount"])
            if "DesiredWeight" in wanted:
                changes["weight"] = float(wanted["DesiredWeight"])
        self._endpoints.change(endpoint["key"], **changes)
        self._fleet.wake(endpoint["key"])
        return {"EndpointArn": scope.arn(f"endpoint/{name_of(endpoint['key'])}")}

    def describe(self, scope: Scope, request: Record) -> Record:
        endpoint = self._found(scope, request)
        capacity = self._fleet.capacity(endpoint["key"])
        variant = {
            "VariantName": endpoint["variant"]["VariantName"],
            "CurrentWeight": endpoint["weight"],
            "DesiredWeight": endpoint["weight"],
            "CurrentInstanceCount": capacity.current,
            "DesiredInstanceCount": endpoint["desired"],
        }
        answer = {
            **self._summary(scope, endpoint),
            "EndpointConfigName": endpoint["config_name"],
            "ProductionVariants": [variant],
            "AsyncInferenceConfig": endpoint["async"],
        }
        if failure := capacity.failure or endpoint.get("failure"):
            answer["FailureReason"] = (
                f"The primary container for production variant {variant['VariantName']} did not "
                f"pass the ping health check: {failure}"
            )[:1024]
        return answer

    def list(self, scope: Scope, request: Record) -> Record:
        rows = [self._summary(scope, one) for _, one in self._endpoints.items(scope.key(""))]
        status = request.get("StatusEquals")
        rows = [row for row in rows if status in (None, row["EndpointStatus"])]
        return page(rows, request, "Endpoints", "EndpointName")

    def delete(self, scope: Scope, request: Record) -> Record:
        endpoint = self._found(scope, request)
        self._endpoints.delete(endpoint["key"])
        self._fleet.queue.drop(endpoint["key"])
        self._fleet.wake(endpoint["key"])
        return {}

    def _deploy(self, endpoint: Record) -> None:
        self._endpoints.put(endpoint["key"], endpoint)
        self._fleet.wake(endpoint["key"])
        self._fleet.announce(endpoint)

    def _deployment(self, scope: Scope, request: Record) -> Record:
        config = self._models.config(scope, require_name(request, "EndpointConfigName"))
        variant = config["ProductionVariants"][0]
        return {
            "config_name": config["EndpointConfigName"],
            "variant": variant,
            "environment": self._models.environment(scope, variant["ModelName"]),
            "weights": self._models.weights(scope, variant["ModelName"]),
            "async": config["AsyncInferenceConfig"],
        }

    def _found(self, scope: Scope, request: Record) -> Record:
        name = require_name(request, "EndpointName")
        return found(self._endpoints, scope, name, "endpoint", "endpoint")

    def _summary(self, scope: Scope, endpoint: Record) -> Record:
        name = name_of(endpoint["key"])
        return {
            "EndpointName": name,
            "EndpointArn": scope.arn(f"endpoint/{name}"),
            "EndpointStatus": self._status(endpoint),
            "CreationTime": endpoint["created"],
            "LastModifiedTime": endpoint["modified"],
        }

    def _status(self, endpoint: Record) -> str:
        capacity = self._fleet.capacity(endpoint["key"])
        if not endpoint["was_ready"]:
            return "Failed" if capacity.failure else "Creating"
        if capacity.failure:
            return "InService"
        if endpoint.get("former"):
            return "Updating"
        settled = capacity.current == endpoint["desired"] and not capacity.replacing
        return "InService" if settled else "Updating"
