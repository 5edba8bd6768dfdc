"""Rolling an endpoint to another model, against SageMaker's control plane in memory."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from model.operations.endpoint import Endpoint
from model.operations.errors import RollError, StartFailedError
from model.operations.rolling import roll

Record = dict[str, Any]
OLD = "stack-config"


def refusal(message: str) -> ClientError:
    error: Any = {
        "Error": {"Code": "ValidationException", "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }
    return ClientError(error, "Operation")


@dataclass
class FakeSageMaker:
    """One endpoint. ``broken`` weights never start; each change takes two looks to take effect."""

    count: int = 1
    broken: str = ""
    rolls_back: bool = True
    looks: int = 0
    reason: str = ""
    config: str = OLD
    running: str = OLD
    calls: list[str] = field(default_factory=list)
    models: dict[str, Record] = field(default_factory=dict)
    configs: dict[str, Record] = field(default_factory=dict)

    def __post_init__(self) -> None:
        container = {"Image": "image", "Environment": {"A": "b"}, "ModelDataUrl": "s3://old"}
        self.models["stack-model"] = {
            "ModelName": "stack-model",
            "ModelArn": "arn",
            "PrimaryContainer": container,
            "ExecutionRoleArn": "role",
            "EnableNetworkIsolation": True,
        }
        pools = [{"InstanceType": "ml.g6.xlarge", "Priority": 1}]
        variant = {"VariantName": "main", "ModelName": "stack-model", "InstancePools": pools}
        self.configs[OLD] = {
            "EndpointConfigName": OLD,
            "EndpointConfigArn": "arn",
            "ProductionVariants": [variant],
            "AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://out"}},
        }

    def describe_endpoint(self, EndpointName: str) -> Record:
        moving = self.looks > 0
        self.looks = max(0, self.looks - 1)
        if not moving:
            self._take_effect()
        healthy = self.count if not self._is_broken(self.running) else 0
        variant = {
            "VariantName": "main",
            "DesiredInstanceCount": self.count,
            "CurrentInstanceCount": healthy,
        }
        return {
            "EndpointName": EndpointName,
            "EndpointConfigName": self.config,
            "EndpointStatus": "Updating" if moving else "InService",
            "FailureReason": self.reason,
            "ProductionVariants": [variant],
        }

    def _take_effect(self) -> None:
        if self.count and self._is_broken(self.config):
            self.reason = "did not pass the ping health check"
            if self.rolls_back:
                self.config = self.running if not self._is_broken(self.running) else self.config
        self.running = self.config

    def _is_broken(self, config: str) -> bool:
        (variant,) = self.configs[config]["ProductionVariants"]
        container = self.models[variant["ModelName"]]["PrimaryContainer"]
        prefix = container.get("ModelDataSource", {}).get("S3DataSource", {}).get("S3Uri")
        return bool(self.broken) and prefix == self.broken

    def describe_endpoint_config(self, EndpointConfigName: str) -> Record:
        return self._find(self.configs, EndpointConfigName)

    def describe_model(self, ModelName: str) -> Record:
        return self._find(self.models, ModelName)

    def _find(self, records: dict[str, Record], name: str) -> Record:
        if name not in records:
            raise refusal(f'Could not find "{name}".')
        return copy.deepcopy(records[name])

    def create_model(self, **request: Any) -> None:
        self.calls.append("create_model")
        self.models[request["ModelName"]] = request

    def create_endpoint_config(self, **request: Any) -> None:
        self.calls.append("create_endpoint_config")
        self.configs[request["EndpointConfigName"]] = request

    def update_endpoint(self, **request: Any) -> None:
        assert request["RetainAllVariantProperties"] is True
        self.config, self.looks, self.reason = request["EndpointConfigName"], 2, ""
        self.calls.append(f"update {self.config}")

    def update_endpoint_weights_and_capacities(self, **request: Any) -> None:
        (wanted,) = request["DesiredWeightsAndCapacities"]
        self.count, self.looks = wanted["DesiredInstanceCount"], 2
        self.calls.append(f"scale {self.count}")

    def delete_model(self, ModelName: str) -> None:
        del self.models[ModelName]

    def delete_endpoint_config(self, EndpointConfigName: str) -> None:
        del self.configs[EndpointConfigName]


def endpoint(sagemaker: FakeSageMaker, patience: float = 60.0) -> Endpoint:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    return Endpoint(sagemaker, "drawing", patience=patience, clock=lambda: now[0], sleep=sleep)


def quiet(_text: str) -> None:
    pass


def test_only_the_weights_of_the_new_model_are_others() -> None:
    sagemaker = FakeSageMaker()
    assert roll(endpoint(sagemaker), "s3://b/models/new/", quiet)
    name = sagemaker.config
    assert name.startswith("published-drawing-")
    source = {"S3Uri": "s3://b/models/new/", "S3DataType": "S3Prefix", "CompressionType": "None"}
    assert sagemaker.models[name] == {
        "ModelName": name,
        "PrimaryContainer": {
            "Image": "image",
            "Environment": {"A": "b"},
            "ModelDataSource": {"S3DataSource": source},
        },
        "ExecutionRoleArn": "role",
        "EnableNetworkIsolation": True,
    }
    variant = sagemaker.configs[OLD]["ProductionVariants"][0]
    assert sagemaker.configs[name]["ProductionVariants"] == [variant | {"ModelName": name}]
    assert sagemaker.configs[name]["AsyncInferenceConfig"]
    assert "scale" not in " ".join(sagemaker.calls)


def test_second_time_changes_nothing() -> None:
    sagemaker = FakeSageMaker()
    roll(endpoint(sagemaker), "s3://b/models/new/", quiet)
    calls = list(sagemaker.calls)
    assert not roll(endpoint(sagemaker), "s3://b/models/new/", quiet)
    assert sagemaker.calls == calls


def test_next_model_removes_the_published_one_and_not_the_stack_s() -> None:
    sagemaker = FakeSageMaker()
    roll(endpoint(sagemaker), "s3://b/models/one/", quiet)
    first = sagemaker.config
    roll(endpoint(sagemaker), "s3://b/models/two/", quiet)
    assert set(sagemaker.configs) == {OLD, sagemaker.config}
    assert first not in sagemaker.models
    assert "stack-model" in sagemaker.models


@pytest.mark.parametrize("rolls_back", [True, False])
@pytest.mark.parametrize("count", [0, 1])
def test_model_that_does_not_start_leaves_the_former_one(rolls_back: bool, count: int) -> None:
    """Whether SageMaker rolls back by itself or not, with a server that runs or sleeps."""
    sagemaker = FakeSageMaker(
        count=count, broken="s3://b/models/broken/", rolls_back=rolls_back and count > 0
    )
    with pytest.raises(StartFailedError, match="did not pass the ping health check"):
        roll(endpoint(sagemaker), "s3://b/models/broken/", quiet)
    assert (sagemaker.config, sagemaker.count) == (OLD, count)
    assert set(sagemaker.configs) == {OLD}
    assert set(sagemaker.models) == {"stack-model"}


def test_sleeping_server_is_woken_to_try_and_sleeps_again() -> None:
    sagemaker = FakeSageMaker(count=0)
    roll(endpoint(sagemaker), "s3://b/models/new/", quiet)
    assert sagemaker.calls[-2:] == ["scale 1", "scale 0"]
    assert sagemaker.config.startswith("published-")


def test_endpoint_that_does_not_settle_is_given_up() -> None:
    sagemaker = FakeSageMaker(looks=10_000)
    with pytest.raises(RollError, match="still Updating"):
        roll(endpoint(sagemaker), "s3://b/models/new/", quiet)
    assert sagemaker.calls == []


def test_former_model_that_cannot_be_had_either_is_told_with_the_first_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sagemaker = FakeSageMaker(broken="s3://b/models/broken/", rolls_back=False)
    update = sagemaker.update_endpoint

    def once(**request: Any) -> None:
        if request["EndpointConfigName"] == OLD:
            raise refusal("It is being updated")
        update(**request)

    monkeypatch.setattr(sagemaker, "update_endpoint", once)
    with pytest.raises(RollError, match=r"(?s)ping health check.*It is being updated"):
        roll(endpoint(sagemaker), "s3://b/models/broken/", quiet)


def test_refusal_by_sagemaker_is_told_in_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    sagemaker = FakeSageMaker()

    def refuse(**_request: object) -> None:
        raise refusal("The role can't read the weights")

    monkeypatch.setattr(sagemaker, "create_model", refuse)
    with pytest.raises(RollError, match="can't read the weights"):
        roll(endpoint(sagemaker), "s3://b/models/new/", quiet)
    assert sagemaker.config == OLD
