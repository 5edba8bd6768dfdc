"""What is asked of SageMaker, Application Auto Scaling and Lambda."""

from __future__ import annotations

import io
from typing import Any

import msgspec
import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY

from deepstory.model_server.control import LambdaModelControl
from deepstory.model_server.entities import Mode, Observation
from deepstory.model_server.errors import ModelServerBusyError
from deepstory.model_server.sagemaker import SageMakerHost
from support.aws import Clients


@pytest.fixture
def host(clients: Clients) -> SageMakerHost:
    return SageMakerHost(
        client=clients.client, endpoint="deepstory", variant="main", maximum_instances=3
    )


def endpoint(status: str, *variants: dict[str, Any]) -> dict[str, Any]:
    return {
        "EndpointName": "deepstory",
        "EndpointArn": "arn:aws:sagemaker:us-east-1:000000000000:endpoint/deepstory",
        "EndpointConfigName": "config",
        "EndpointStatus": status,
        "CreationTime": 0,
        "LastModifiedTime": 0,
    } | ({"ProductionVariants": list(variants)} if variants else {})


def variant(current: int, desired: int, name: str = "main") -> dict[str, Any]:
    return {
        "VariantName": name,
        "CurrentInstanceCount": current,
        "DesiredInstanceCount": desired,
    }


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (endpoint("InService", variant(0, 0)), Observation(state="off", instances=0, billed=0)),
        (endpoint("Updating", variant(0, 1)), Observation(state="starting", instances=0, billed=1)),
        (endpoint("InService", variant(2, 2)), Observation(state="ready", instances=2, billed=2)),
        (endpoint("Updating", variant(2, 1)), Observation(state="ready", instances=2, billed=2)),
        (endpoint("Updating", variant(1, 0)), Observation(state="stopping", instances=1, billed=1)),
        (endpoint("Creating"), Observation(state="starting", instances=0, billed=0)),
        (endpoint("Failed", variant(0, 1)), Observation(state="failed", instances=0, billed=1)),
        (
            endpoint("InService", variant(1, 1, "other")),
            Observation(state="off", instances=0, billed=0),
        ),
    ],
)
def test_state_is_told_from_wanted_and_running_instances(
    clients: Clients, host: SageMakerHost, answer: dict[str, Any], expected: Observation
) -> None:
    clients.stub("sagemaker").add_response(
        "describe_endpoint", answer, {"EndpointName": "deepstory"}
    )

    assert host.observe() == expected


def test_throttled_look_is_a_busy_server(clients: Clients, host: SageMakerHost) -> None:
    clients.stub("sagemaker").add_client_error("describe_endpoint", "ThrottlingException")

    with pytest.raises(ModelServerBusyError):
        host.observe()


@pytest.mark.parametrize(
    ("mode", "least", "most", "suspended"),
    [("off", 0, 0, True), ("auto", 0, 3, False), ("on", 1, 3, False)],
)
def test_modes_are_bounds_of_the_instance_count(
    clients: Clients, host: SageMakerHost, mode: Mode, least: int, most: int, suspended: bool
) -> None:
    clients.stub("application-autoscaling").add_response(
        "register_scalable_target",
        {},
        {
            "ServiceNamespace": "sagemaker",
            "ResourceId": "endpoint/deepstory/variant/main",
            "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
            "MinCapacity": least,
            "MaxCapacity": most,
            "SuspendedState": {
                "DynamicScalingInSuspended": False,
                "DynamicScalingOutSuspended": suspended,
                "ScheduledScalingSuspended": suspended,
            },
        },
    )

    host.scale(mode)


def test_idle_endpoint_is_told_to_run_nothing_and_keeps_its_bounds(
    clients: Clients, host: SageMakerHost
) -> None:
    clients.stub("sagemaker").add_response(
        "update_endpoint_weights_and_capacities",
        {"EndpointArn": endpoint("InService")["EndpointArn"]},
        {
            "EndpointName": "deepstory",
            "DesiredWeightsAndCapacities": [{"VariantName": "main", "DesiredInstanceCount": 0}],
        },
    )

    host.stop()


def test_refused_stop_is_a_busy_server(clients: Clients, host: SageMakerHost) -> None:
    clients.stub("sagemaker").add_client_error(
        "update_endpoint_weights_and_capacities", "ValidationException"
    )

    with pytest.raises(ModelServerBusyError):
        host.stop()


def test_refused_scaling_is_a_busy_server(clients: Clients, host: SageMakerHost) -> None:
    clients.stub("application-autoscaling").add_client_error(
        "register_scalable_target", "ConcurrentUpdateException"
    )

    with pytest.raises(ModelServerBusyError):
        host.scale("on")


class TestControl:
    REPORT = msgspec.json.encode(
        {
            "mode": "auto",
            "effective_mode": "on",
            "window": {"starts_at": "2026-11-23T00:00:00Z", "ends_at": "2026-11-23T09:00:00Z"},
            "state": "ready",
            "instances": 1,
            "queue_length": 0,
            "oldest_wait_seconds": 0,
            "eta_seconds": 8,
            "cost": {
                "month": "2026-11",
                "month_usd": 1.5,
                "unobserved_usd": 0,
                "instance_hours": 1.3,
                "unobserved_hours": 0,
                "last_month_usd": 0,
                "usd_per_hour": 1.1,
                "idle_usd_per_hour": 1.1,
                "instance_type": "ml.g6.xlarge",
                "instance_usd_per_hour": 1.1,
                "currency": "USD",
            },
        }
    )

    def control(self, clients: Clients, answer: bytes, **more: Any) -> LambdaModelControl:
        clients.stub("lambda").add_response(
            "invoke",
            {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(answer), len(answer)), **more},
            {"FunctionName": "control", "Payload": ANY},
        )
        return LambdaModelControl(clients.client("lambda"), "control")

    def test_report_of_the_control_function_is_returned(self, clients: Clients) -> None:
        report = self.control(clients, self.REPORT).set_mode(mode="on", actor="u1")

        assert (report.mode, report.effective_mode, report.eta_seconds) == ("auto", "on", 8)
        assert report.window and report.window.ends_at.hour == 9
        assert report.cost.month_usd == 1.5

    def test_function_that_breaks_down_is_a_busy_server(self, clients: Clients) -> None:
        control = self.control(clients, b'{"errorMessage":"..."}', FunctionError="Unhandled")

        with pytest.raises(ModelServerBusyError):
            control.describe()

    def test_function_out_of_reach_is_a_busy_server(self, clients: Clients) -> None:
        clients.stub("lambda").add_client_error("invoke", "TooManyRequestsException")

        with pytest.raises(ModelServerBusyError):
            LambdaModelControl(clients.client("lambda"), "control").describe()
