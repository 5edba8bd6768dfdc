"""Modes of the model server, as scalable targets and policies make them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from support.cloud import Cloud, fresh_account
from support.hosting import VARIANT, Hosted, eventually, hosting_cloud, running

_TARGET = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": f"endpoint/drawing/variant/{VARIANT}",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
_NOT_SUSPENDED = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with hosting_cloud(tmp_path_factory.mktemp("targets") / "data") as running_cloud:
        yield running_cloud


@pytest.fixture
def hosted(cloud: Cloud) -> Iterator[Hosted]:
    one = Hosted(cloud, fresh_account()).create()
    one.wait_for(1)
    yield one
    one.client("sagemaker").delete_endpoint(EndpointName=one.name)


def _register(hosted: Hosted, **changes: Any) -> None:
    hosted.client("application-autoscaling").register_scalable_target(**_TARGET, **changes)


def _describe(hosted: Hosted) -> dict[str, Any]:
    scaling = hosted.client("application-autoscaling")
    (target,) = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    return dict(target)


def _wake_on_backlog(hosted: Hosted) -> None:
    """Add the step policy and its alarm."""
    arn = hosted.client("application-autoscaling").put_scaling_policy(
        **_TARGET,
        PolicyName="wake",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
            "Cooldown": 60,
        },
    )["PolicyARN"]
    hosted.client("cloudwatch").put_metric_alarm(
        AlarmName="waiting",
        Namespace="AWS/SageMaker",
        MetricName="HasBacklogWithoutCapacity",
        Dimensions=[{"Name": "EndpointName", "Value": "drawing"}],
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=[arn],
    )


def _sleeping(hosted: Hosted, **changes: Any) -> Hosted:
    """Let the endpoint scale down to zero, then set its range."""
    _register(hosted, MinCapacity=0, MaxCapacity=0)
    hosted.wait_for(0)
    _register(hosted, MaxCapacity=1, **changes)
    return hosted


def test_backlog_wakes_an_endpoint_from_zero(hosted: Hosted) -> None:
    _wake_on_backlog(_sleeping(hosted))
    hosted.invoke("wake")
    assert hosted.result("wake")["invocationStatus"] == "Completed"

    scaling = hosted.client("application-autoscaling")
    activities = scaling.describe_scaling_activities(ServiceNamespace="sagemaker")
    newest = activities["ScalingActivities"][0]
    assert newest["Description"] == "Setting desired instance count to 1."
    assert newest["StatusCode"] == "Successful"
    assert "wake" in newest["Cause"]


def test_without_the_step_policy_nothing_wakes_it(hosted: Hosted) -> None:
    _sleeping(hosted)
    hosted.client("application-autoscaling").put_scaling_policy(
        **_TARGET,
        PolicyName="track",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 2.0,
            "CustomizedMetricSpecification": {
                "MetricName": "ApproximateBacklogSizePerInstance",
                "Namespace": "AWS/SageMaker",
                "Dimensions": [{"Name": "EndpointName", "Value": "drawing"}],
                "Statistic": "Average",
            },
        },
    )
    hosted.invoke("unheard")
    assert _asleep(hosted)
    _wake_on_backlog(hosted)
    hosted.invoke("heard")
    assert hosted.result("unheard")["invocationStatus"] == "Completed"


def test_alarm_of_another_endpoint_does_not_wake_it(hosted: Hosted) -> None:
    _wake_on_backlog(_sleeping(hosted))
    hosted.client("cloudwatch").put_metric_alarm(
        AlarmName="waiting",
        Namespace="AWS/SageMaker",
        MetricName="HasBacklogWithoutCapacity",
        Dimensions=[{"Name": "EndpointName", "Value": "other"}],
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    hosted.invoke("unheard")
    assert _asleep(hosted)


def test_off_keeps_requests_until_it_is_switched_on(hosted: Hosted) -> None:
    _wake_on_backlog(_sleeping(hosted))
    off = {"DynamicScalingOutSuspended": True}
    _register(hosted, MinCapacity=0, MaxCapacity=0, SuspendedState=off)
    hosted.invoke("early")
    assert _asleep(hosted)

    _register(hosted, MaxCapacity=1, SuspendedState={"DynamicScalingOutSuspended": False})
    assert hosted.result("early")["invocationStatus"] == "Completed"


def test_suspended_scale_out_does_not_wake_although_there_is_room(hosted: Hosted) -> None:
    _wake_on_backlog(_sleeping(hosted, SuspendedState={"DynamicScalingOutSuspended": True}))
    hosted.invoke("early")
    assert _asleep(hosted)
    _register(hosted, SuspendedState=_NOT_SUSPENDED)
    assert hosted.result("early")["invocationStatus"] == "Completed"


def test_restarted_cloud_wakes_an_endpoint_whose_requests_it_finds(tmp_path: Path) -> None:
    with hosting_cloud(tmp_path / "data") as cloud:
        hosted = Hosted(cloud, fresh_account()).create()
        _sleeping(hosted, SuspendedState={"DynamicScalingOutSuspended": True})
        _wake_on_backlog(hosted)
        hosted.invoke("kept")
        cloud.stop()
        targets = tmp_path / "data" / "autoscaling" / "targets.json"
        targets.write_text(targets.read_text().replace("true", "false"))
        cloud.start()
        assert hosted.result("kept")["invocationStatus"] == "Completed"


def test_range_moves_the_capacity_even_when_scaling_is_suspended(hosted: Hosted) -> None:
    hosted.invoke("running")
    pid = hosted.pid("running")
    suspended = dict.fromkeys(_NOT_SUSPENDED, True)
    _register(hosted, MinCapacity=0, MaxCapacity=0, SuspendedState=suspended)
    hosted.wait_for(0)
    assert not running(pid)
    _register(hosted, MinCapacity=1, MaxCapacity=2)
    hosted.wait_for(1)
    _register(hosted, MinCapacity=2)
    hosted.wait_for(2)


def test_registering_again_changes_only_what_is_given(hosted: Hosted) -> None:
    suspended = {**_NOT_SUSPENDED, "DynamicScalingInSuspended": True}
    _register(
        hosted, MinCapacity=0, MaxCapacity=3, SuspendedState={"DynamicScalingInSuspended": True}
    )
    before = _describe(hosted)
    _register(hosted, MinCapacity=1)
    after = _describe(hosted)

    assert after == {**before, "MinCapacity": 1}
    assert (after["MaxCapacity"], after["SuspendedState"]) == (3, suspended)


def test_policies_are_described_with_their_alarms_and_go_with_the_target(hosted: Hosted) -> None:
    _wake_on_backlog(_sleeping(hosted))
    scaling = hosted.client("application-autoscaling")
    (policy,) = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    assert (policy["PolicyName"], policy["PolicyType"]) == ("wake", "StepScaling")
    assert [alarm["AlarmName"] for alarm in policy["Alarms"]] == ["waiting"]
    _wake_on_backlog(hosted)
    (again,) = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    assert again["PolicyARN"] == policy["PolicyARN"]

    scaling.deregister_scalable_target(**_TARGET)
    assert not scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    with pytest.raises(ClientError) as refusal:
        scaling.delete_scaling_policy(**_TARGET, PolicyName="wake")
    assert refusal.value.response["Error"]["Code"] == "ObjectNotFoundException"


@pytest.mark.parametrize(
    "wrong",
    [
        {"MinCapacity": 2, "MaxCapacity": 1},
        {"MinCapacity": 1},
        {"MinCapacity": 0, "MaxCapacity": 1, "ResourceId": "endpoint/other/variant/main"},
        {"MinCapacity": 0, "MaxCapacity": 1, "ResourceId": "endpoint/drawing/variant/other"},
        {"MinCapacity": 0, "MaxCapacity": 1, "ServiceNamespace": "ecs"},
    ],
)
def test_wrong_target_is_a_validation_exception(hosted: Hosted, wrong: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as refusal:
        hosted.client("application-autoscaling").register_scalable_target(**{**_TARGET, **wrong})
    assert refusal.value.response["Error"]["Code"] == "ValidationException"


def _asleep(hosted: Hosted) -> bool:
    """Return whether the endpoint has no capacity and wants none, after it had time to react.

    It reacts to a request before it answers the next one, so a second request is time enough.
    """
    hosted.client("sagemaker-runtime").invoke_endpoint_async(EndpointName=hosted.name, Body=b"{}")
    eventually(lambda: hosted.describe()["EndpointStatus"] == "InService", "settled")
    (variant,) = hosted.describe()["ProductionVariants"]
    return (variant["CurrentInstanceCount"], variant["DesiredInstanceCount"]) == (0, 0)
