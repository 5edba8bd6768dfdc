"""Prices in steps, GPUs that sleep, and where both meet: sums that can be done by hand."""

from __future__ import annotations

import math

import pytest

from benchmarks.costs import assumptions, gpu, measured, prices
from benchmarks.costs.bill import Bill
from benchmarks.costs.chart import Series, draw
from deepstory_cdk.stage import INSTANCE_PRICES

REGION = "us-east-1"
ASSUMED = assumptions.load()


@pytest.mark.parametrize(
    ("amount", "dollars"),
    [(0, 0), (50, 50), (100, 100), (150, 125), (200, 150), (210, 151)],
)
def test_each_step_of_a_price_is_paid_for_its_own_part(amount: float, dollars: float) -> None:
    steps = {REGION: [(100.0, 1.0), (200.0, 0.5), (math.inf, 0.1)]}
    price = prices.Price("thing", "https://example.com", per=1, free=0, steps=steps)
    assert price.of(amount, REGION) == pytest.approx(dollars)


def test_what_is_free_for_ever_is_told_and_not_taken_off() -> None:
    table, bill = prices.load(), Bill()
    bill.add("watching", "alarm", 12)
    assert bill.total(table, REGION) == pytest.approx(1.2)
    assert bill.free(table, REGION) == pytest.approx(1.0)


def test_services_that_use_one_price_share_its_steps() -> None:
    table, bill = prices.load(), Bill()
    bill.add("traffic", "traffic_gb", 10_240)
    bill.add("S3", "traffic_gb", 10_240)
    shared = bill.by_service(table, REGION)
    assert shared["traffic"] == shared["S3"] == pytest.approx((0.09 + 0.085) * 10_240 / 2)


def test_every_price_has_a_page_on_aws_and_rises_to_no_step() -> None:
    for price in prices.load().by_name.values():
        assert price.page.startswith("https://aws.amazon.com/")
        for steps in price.steps.values():
            limits = [limit for limit, _ in steps]
            assert limits == sorted(limits)
            assert limits[-1] == math.inf


def test_the_prices_of_gpus_are_those_that_the_stack_tells_administrators() -> None:
    table = prices.load()
    told = {kind: float(price) for kind, price in INSTANCE_PRICES.items()}
    assert {kind: table.of(kind, 1, REGION) for kind in told} == pytest.approx(told)


def test_a_server_that_nobody_asks_sleeps_and_one_that_all_ask_is_awake() -> None:
    times = {"cold_start_seconds": 300.0, "idle_seconds": 180.0}
    assert gpu.awake(0, **times) == 0
    once_a_day = gpu.awake(1 / 24, **times)
    # Its start and its idling, once a day.
    assert once_a_day * 86_400 == pytest.approx(480, rel=0.01)
    assert gpu.awake(1000, **times) > 0.999


def test_gpu_hours_grow_with_pictures_and_never_fall_below_drawing() -> None:
    fleet = gpu.Fleet(ASSUMED, "ml.g6.xlarge", batch=4)
    months = [fleet.hours(10.0**power) for power in range(1, 9)]
    assert months == sorted(months)
    drawing = 1e8 * gpu.seconds_of_a_picture(ASSUMED, "ml.g6.xlarge", 4) / 3600
    assert months[-1] == pytest.approx(drawing / ASSUMED["gpu"]["most_used"])


def test_at_break_even_sleeping_costs_what_staying_awake_does() -> None:
    fleet = gpu.Fleet(ASSUMED, "ml.g6.xlarge", batch=4)
    pictures = gpu.break_even(fleet, dollars_an_hour=1.0, always_on_dollars=500)
    assert fleet.hours(pictures) == pytest.approx(500, rel=1e-6)


def test_what_the_benchmarks_measured_is_found_in_their_report() -> None:
    found = measured.load()
    assert found.operations["read a post"].read_units == 3
    assert found.cold_import_milliseconds > 0
    assert set(ASSUMED["day"]) <= set(found.operations)


def test_the_chart_is_read_in_light_and_dark_and_names_its_lines() -> None:
    svg = draw("Costs", [Series("ours", [(100, 5), (1000, 50)]), Series("theirs", [(100, 500)])])
    assert "prefers-color-scheme: dark" in svg
    assert ">ours</text>" in svg
    assert 'aria-label="Costs"' in svg
