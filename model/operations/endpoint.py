"""An endpoint with its configuration and model, as SageMaker describes them, and changes to it."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from model.operations.errors import RollError

# What Describe tells and Create takes; the rest of Describe's answer is SageMaker's own.
_MODEL = ("PrimaryContainer", "ExecutionRoleArn", "VpcConfig", "EnableNetworkIsolation")
_CONFIG = (
    "ProductionVariants",
    "AsyncInferenceConfig",
    "DataCaptureConfig",
    "KmsKeyId",
    "VpcConfig",
    "EnableNetworkIsolation",
    "ExecutionRoleArn",
)
MARK = "published-"
_MOVING = ("Creating", "Updating", "RollingBack", "SystemUpdating")

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deployment:
    """The configuration and the model that an endpoint is to have, under the names they go by."""

    name: str
    model: Record
    config: Record


class Endpoint:
    """One endpoint with one variant. Waiting is bounded by ``patience`` seconds."""

    def __init__(
        self,
        sagemaker: Any,
        name: str,
        *,
        patience: float,
        poll: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sagemaker = sagemaker
        self.name = name
        self._patience = patience
        self._poll = poll
        self._clock = clock
        self._sleep = sleep

    def describe(self) -> Record:
        """Return what SageMaker says of it now."""
        try:
            answer: Record = self._sagemaker.describe_endpoint(EndpointName=self.name)
        except ClientError as error:
            raise RollError(f"the endpoint {self.name} can't be looked at: {error}") from error
        return answer

    def with_weights(self, prefix: str) -> Deployment:
        """Return the endpoint's deployment with other weights and all else as it is."""
        config = self._config(self.describe()["EndpointConfigName"])
        (variant,) = config["ProductionVariants"]
        described = self._sagemaker.describe_model(ModelName=variant["ModelName"])
        model = {key: described[key] for key in _MODEL if key in described}
        container = {k: v for k, v in model["PrimaryContainer"].items() if k != "ModelDataUrl"}
        source = {"S3Uri": prefix, "S3DataType": "S3Prefix", "CompressionType": "None"}
        model["PrimaryContainer"] = container | {"ModelDataSource": {"S3DataSource": source}}
        config["ProductionVariants"] = [{k: v for k, v in variant.items() if k != "ModelName"}]
        said = json.dumps([model, config], sort_keys=True, default=str)
        digest = hashlib.sha256(said.encode()).hexdigest()[:12]
        name = f"{MARK}{self.name[:38].rstrip('-')}-{digest}"
        config["ProductionVariants"] = [{**config["ProductionVariants"][0], "ModelName": name}]
        return Deployment(name, model, config)

    def create(self, deployment: Deployment) -> None:
        """Create model and configuration, unless an earlier run did."""
        try:
            if not self._exists("describe_model", ModelName=deployment.name):
                self._sagemaker.create_model(ModelName=deployment.name, **deployment.model)
            if not self._exists("describe_endpoint_config", EndpointConfigName=deployment.name):
                self._sagemaker.create_endpoint_config(
                    EndpointConfigName=deployment.name, **deployment.config
                )
        except ClientError as error:
            raise RollError(f"SageMaker took no such model: {error}") from error

    def update(self, config_name: str) -> None:
        """Roll to a configuration; the number of instances stays as it is."""
        try:
            self._sagemaker.update_endpoint(
                EndpointName=self.name,
                EndpointConfigName=config_name,
                RetainAllVariantProperties=True,
            )
        except ClientError as error:
            raise RollError(f"the endpoint {self.name} can't be changed now: {error}") from error

    def scale(self, instances: int) -> None:
        """Ask for so many instances."""
        (variant,) = self.describe()["ProductionVariants"]
        wanted = {"VariantName": variant["VariantName"], "DesiredInstanceCount": instances}
        try:
            self._sagemaker.update_endpoint_weights_and_capacities(
                EndpointName=self.name, DesiredWeightsAndCapacities=[wanted]
            )
        except ClientError as error:
            raise RollError(f"{self.name} can't be scaled to {instances}: {error}") from error

    def settle(self) -> Record:
        """Wait until nothing of it changes any more, and return how it is then."""
        deadline = self._clock() + self._patience
        while (described := self.describe())["EndpointStatus"] in _MOVING:
            if self._clock() > deadline:
                raise RollError(f"{self.name} is still {described['EndpointStatus']}")
            self._sleep(self._poll)
        return described

    def remove(self, config_name: str) -> bool:
        """Delete a configuration and its model if publishing made them, not a stack."""
        if not config_name.startswith(MARK):
            return False
        for operation, field in (
            ("delete_endpoint_config", "EndpointConfigName"),
            ("delete_model", "ModelName"),
        ):
            try:
                getattr(self._sagemaker, operation)(**{field: config_name})
            except ClientError as error:
                if not _is_absent(error):
                    raise RollError(f"{config_name} can't be removed: {error}") from error
        return True

    def _config(self, name: str) -> Record:
        described = self._sagemaker.describe_endpoint_config(EndpointConfigName=name)
        return {key: described[key] for key in _CONFIG if key in described}

    def _exists(self, operation: str, **name: str) -> bool:
        try:
            getattr(self._sagemaker, operation)(**name)
        except ClientError as error:
            if _is_absent(error):
                return False
            raise
        return True


def instances(described: Record) -> tuple[int, int]:
    """Return how many instances of an endpoint run, and how many are wanted."""
    (variant,) = described["ProductionVariants"]
    return variant.get("CurrentInstanceCount", 0), variant.get("DesiredInstanceCount", 0)


def _is_absent(error: ClientError) -> bool:
    return "could not find" in str(error).lower()
