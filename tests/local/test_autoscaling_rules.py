"""What a policy asks for, minute by minute."""

from typing import Any

import pytest

from local.cloud.autoscaling.rules import Load, Tracking, breached, observed, stepped, tracked

_TRACK: dict[str, Any] = {"TargetValue": 2.0, "ScaleOutCooldown": 60}


def _after(minutes: list[Load], config: dict[str, Any] | None = None) -> int:
    """Return what target tracking asks for after these loads, one a minute."""
    state = Tracking()
    settings = config or _TRACK
    for minute, load in enumerate(minutes):
        state = observed(settings, state, load, minute * 60.0)
    return tracked(settings, state, minutes[-1], (len(minutes) - 1) * 60.0)


def test_idle_instance_is_given_up_after_fifteen_minutes() -> None:
    idle = Load(backlog=0, current=1, desired=1)
    assert _after([idle] * 15) == 1
    assert _after([idle] * 16) == 0


def test_work_in_between_starts_the_idle_time_again() -> None:
    idle, busy = Load(0, 1, 1), Load(2, 1, 1)
    assert _after([idle] * 10 + [busy] + [idle] * 10) == 1


def test_scale_in_can_be_disabled() -> None:
    assert _after([Load(0, 1, 1)] * 30, {**_TRACK, "DisableScaleIn": True}) == 1


def test_long_queue_adds_instances_after_three_minutes() -> None:
    long = Load(backlog=7, current=1, desired=1)
    assert _after([long] * 3) == 1
    assert _after([long] * 4) == 4


def test_scale_out_waits_for_its_cooldown() -> None:
    state = Tracking(high_since=0.0, scaled_out_at=170.0)
    assert tracked(_TRACK, state, Load(7, 1, 1), 180.0) == 1
    assert tracked(_TRACK, state, Load(7, 1, 1), 231.0) == 4


def test_without_an_instance_the_tracked_metric_does_not_exist() -> None:
    assert _after([Load(backlog=50, current=0, desired=0)] * 60) == 0


def test_next_look_is_when_an_alarm_is_due() -> None:
    assert Tracking().next_due() is None
    assert Tracking(low_since=100.0).next_due() == 1000.0
    assert Tracking(high_since=100.0).next_due() == 280.0


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("GreaterThanOrEqualToThreshold", 1.0, True),
        ("GreaterThanThreshold", 1.0, False),
        ("LessThanThreshold", 0.0, True),
        ("LessThanOrEqualToThreshold", 1.0, True),
        ("LessThanLowerThreshold", 0.0, False),
    ],
)
def test_alarm_compares_as_cloudwatch_does(operator: str, value: float, expected: bool) -> None:
    assert breached({"Threshold": 1, "ComparisonOperator": operator}, value) is expected


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"AdjustmentType": "ChangeInCapacity"}, 5),
        ({"AdjustmentType": "ExactCapacity"}, 1),
        ({"AdjustmentType": "PercentChangeInCapacity"}, 4),
        ({"AdjustmentType": "PercentChangeInCapacity", "MinAdjustmentMagnitude": 2}, 6),
    ],
)
def test_step_adjusts_by_its_type(config: dict[str, Any], expected: int) -> None:
    steps = [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}]
    assert stepped({**config, "StepAdjustments": steps}, 4, 0.0) == expected


def test_step_is_chosen_by_how_far_the_alarm_is_exceeded() -> None:
    steps = [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 10, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 10, "ScalingAdjustment": 3},
    ]
    assert [stepped({"StepAdjustments": steps}, 1, excess) for excess in (-1, 9, 10)] == [1, 2, 4]
