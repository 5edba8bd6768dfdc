"""What the synthesised stack costs, and that the documents tell just that."""

from __future__ import annotations

import copy

import pytest

from benchmarks.costs import deployment, documents, limits, model, report
from infrastructure.synthesis import Json, Template

MOST_AT_REST = 5.0


def unguarded(template: Template) -> dict[str, Json]:
    """Without the firewall, an option that costs more at rest than all the rest."""
    return {
        name: each
        for name, each in template.resources.items()
        if not each["Type"].startswith("AWS::WAFv2")
    }


@pytest.fixture
def priced(prod: Template) -> model.Model:
    return model.of(deployment.read(unguarded(prod)))


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_a_stack_that_nobody_uses_costs_less_than_five_dollars_a_month(
    stage: str, templates: dict[str, Template]
) -> None:
    rested = model.of(deployment.read(unguarded(templates[stage])))
    for region in rested.prices.regions:
        bill = rested.rest()
        billed = bill.total(rested.prices, region) - bill.free(rested.prices, region)
        assert billed < MOST_AT_REST, bill.lines(rested.prices, region)


def test_what_is_counted_is_what_the_template_holds(prod: Template) -> None:
    found = deployment.read(prod.resources)
    alarms = prod.of_type("AWS::CloudWatch::Alarm")
    # Target tracking makes two of its own.
    assert found.alarms >= len(alarms) + 2
    assert found.tables == found.recoverable_tables == len(prod.of_type("AWS::DynamoDB::Table"))
    assert len(found.clocks) == len(prod.of_type("AWS::Scheduler::Schedule"))
    every_minute = [clock for clock in found.clocks if clock.runs == pytest.approx(43_800)]
    assert {clock.is_kept_warm for clock in every_minute} == {True}
    assert found.gigabytes("APIHandler") == 1


def test_another_alarm_secret_and_clock_are_paid_for(prod: Template) -> None:
    resources = copy.deepcopy(prod.resources)
    before = model.of(deployment.read(resources))
    metric = {"Id": "a", "MetricStat": {}}
    resources["Another"] = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {"Metrics": [metric, metric, {"Id": "b", "Expression": "a"}]},
    }
    resources["Secret"] = {"Type": "AWS::SecretsManager::Secret"}
    after = model.of(deployment.read(resources))
    region = before.prices.regions[0]
    more = after.rest().total(after.prices, region) - before.rest().total(before.prices, region)
    assert more == pytest.approx(2 * 0.10 + 0.40)


def test_a_stack_without_a_model_has_no_gpu_and_costs_less(prod: Template) -> None:
    with_model = model.of(deployment.read(prod.resources))
    kinds = ("AWS::SageMaker", "AWS::ApplicationAutoScaling")
    resources = {
        name: each for name, each in prod.resources.items() if not each["Type"].startswith(kinds)
    }
    without = model.of(deployment.read(resources))
    region = without.prices.regions[0]
    assert without.month(1000).by_service(without.prices, region)["GPU"] == 0
    # Two alarms of target tracking, and the image.
    saved = with_model.rest().total(with_model.prices, region)
    saved -= without.rest().total(without.prices, region)
    assert saved == pytest.approx(0.20 + 0.45)


def test_of_several_types_of_gpu_the_first_is_counted(prod: Template) -> None:
    resources = copy.deepcopy(prod.resources)
    (config,) = (r for r in resources.values() if r["Type"] == "AWS::SageMaker::EndpointConfig")
    (variant,) = config["Properties"]["ProductionVariants"]
    variant.pop("InstanceType", None)
    variant["InstancePools"] = [
        {"InstanceType": "ml.g5.xlarge", "Priority": 2},
        {"InstanceType": "ml.g4dn.xlarge", "Priority": 1},
    ]
    assert deployment.read(resources).instance_type == "ml.g4dn.xlarge"


def test_figures_of_each_method_would_be_the_dearest_part_of_a_small_service(
    prod: Template,
) -> None:
    resources = copy.deepcopy(prod.resources)
    before = model.of(deployment.read(resources)).month(100)
    (api,) = (each for each in resources.values() if each["Type"] == "AWS::Serverless::Api")
    api["Properties"]["MethodSettings"][0]["MetricsEnabled"] = True
    after = model.of(deployment.read(resources))
    region = after.prices.regions[0]
    assert after.month(100).total(after.prices, region) > 100 + before.total(after.prices, region)


def test_ten_million_users_cost_less_each_than_a_hundred(priced: model.Model) -> None:
    region = priced.prices.regions[0]
    each = [priced.month(users).total(priced.prices, region) / users for users in model.USERS]
    assert each == sorted(each, reverse=True)


def test_limits_are_told_in_the_order_in_which_they_are_reached(priced: model.Model) -> None:
    found = limits.limits(priced)
    assert [limit.users for limit in found] == sorted(limit.users for limit in found)
    for limit in found:
        assert limit.load(limit.users) == pytest.approx(limit.value)


@pytest.mark.parametrize("name", list(documents.PARTS))
def test_documents_tell_what_the_stack_costs_now(name: str, priced: model.Model) -> None:
    text = (documents.DOCS / name).read_text()
    assert documents.renewed(name, text, priced) == text, "run make costs and commit what it wrote"


def test_the_chart_shows_what_the_stack_costs_now(priced: model.Model) -> None:
    assert documents.CHART.read_text() == report.chart(priced), "run make costs"
