"""Who is called when something is wrong, and whether what is watched is what exists."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pynamodb.exceptions import PutError

from chalicelib.responses import unexpected_error_response
from deepstory.observability import logger
from infrastructure.synthesis import Json, Template

CLOUD = ("dev", "prod")
# A dollar each ten; the managed policy that follows the backlog makes two more.
MOST_METRICS_OF_ALARMS = 36
# Beyond them a dashboard has a monthly fee.
MOST_METRICS_OF_A_DASHBOARD = 50


@pytest.fixture(params=CLOUD)
def cloud(request: pytest.FixtureRequest, templates: dict[str, Template]) -> Template:
    return templates[request.param]


def alarms(template: Template) -> dict[str, Json]:
    """Return the alarms for people, by the names that the runbook has; others only scale."""
    return {
        props["AlarmName"].removeprefix(f"deepstory-{template.stage}-"): props
        for props in template.of_type("AWS::CloudWatch::Alarm").values()
        if "AlarmName" in props
    }


def metrics(alarm: Json) -> list[Json]:
    """Return the metrics that an alarm looks at."""
    if "Metrics" not in alarm:
        return [alarm]
    return [each["MetricStat"]["Metric"] for each in alarm["Metrics"] if "MetricStat" in each]


def dimensions(metric: Json) -> dict[str, Any]:
    return {each["Name"]: each["Value"] for each in metric.get("Dimensions", [])}


def topic(template: Template) -> str:
    (found,) = (name for name in template.of_type("AWS::SNS::Topic") if "Monitoring" in name)
    return found


def dashboard(template: Template) -> list[Json]:
    parts = template.only("AWS::CloudWatch::Dashboard")["DashboardBody"]["Fn::Join"][1]
    # A reference becomes the name of what it refers to.
    names = [part if isinstance(part, str) else str(*part.values()) for part in parts]
    widgets: list[Json] = json.loads("".join(names))["widgets"]
    return widgets


def test_every_alarm_calls_people_or_scales(cloud: Template) -> None:
    called = {"Ref": topic(cloud)}
    for name, alarm in cloud.of_type("AWS::CloudWatch::Alarm").items():
        scales = "ModelScaling" in name
        assert len(alarm["AlarmActions"]) == 1
        assert scales or alarm["AlarmActions"] == [called], name
        assert scales == ("AlarmName" not in alarm), name


def test_every_alarm_says_what_it_means_and_what_to_do_first(cloud: Template) -> None:
    for alarm in alarms(cloud).values():
        meaning, _, first = alarm["AlarmDescription"].partition(" First: ")
        assert meaning.endswith(".")
        assert first.endswith(".")
        assert len(alarm["AlarmDescription"]) <= 1024


def test_silence_is_no_alarm(cloud: Template) -> None:
    for alarm in alarms(cloud).values():
        assert alarm["TreatMissingData"] == "notBreaching"


def test_the_runbook_s_names_of_alarms_are_these(cloud: Template) -> None:
    failures = ("DispatchPictures", "PictureFinished", "Followers", "Scheduled", "Upkeep")
    work = ("PasswordResets", "Exports", "Erasures")
    assert set(alarms(cloud)) == {
        *(f"{name}Failures" for name in (*failures, *work)),
        *(f"{name}Waiting" for name in work),
        *("StatisticsDrift", "CountDrift", "PicturesLost", "OrphansRefused"),
        *("ApiErrors", "ApiSlow", "CallsRefused"),
        *("LambdaErrors", "LambdaThrottles", "LambdaNearTimeout", "StreamsBehind"),
        *("PicturesFail", "PicturesWait", "ModelDoesNotWake", "ModelIdles"),
    }


def test_at_home_nobody_is_called(local: Template) -> None:
    assert local.of_type("AWS::CloudWatch::Dashboard") == {}
    assert local.of_type("AWS::Logs::MetricFilter") == {}
    assert all("AlarmActions" not in alarm for alarm in alarms(local).values())


def test_only_alarms_of_the_account_reach_the_topic_and_only_over_tls(cloud: Template) -> None:
    (policy,) = (
        each["PolicyDocument"]["Statement"]
        for each in cloud.of_type("AWS::SNS::TopicPolicy").values()
        if {"Ref": topic(cloud)} in each["Topics"]
    )
    allowed = [statement for statement in policy if statement["Effect"] == "Allow"]
    denied = [statement for statement in policy if statement["Effect"] == "Deny"]
    assert [each["Principal"] for each in allowed] == [{"Service": "cloudwatch.amazonaws.com"}]
    assert "aws:SourceAccount" in allowed[0]["Condition"]["StringEquals"]
    assert "alarm:*" in str(allowed[0]["Condition"]["ArnLike"]["aws:SourceArn"])
    assert denied[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_alarms_are_mailed_to_the_address_that_was_given(dev: Template, prod: Template) -> None:
    mailed = {
        template.stage: [
            (one["Endpoint"], one["TopicArn"])
            for one in template.of_type("AWS::SNS::Subscription").values()
            if one["Protocol"] == "email"
        ]
        for template in (dev, prod)
    }
    assert mailed == {"dev": [], "prod": [("owner@example.com", {"Ref": topic(prod)})]}


def test_alarms_look_at_no_more_metrics_than_the_cost_at_rest_allows(cloud: Template) -> None:
    looked_at = [metrics(each) for each in cloud.of_type("AWS::CloudWatch::Alarm").values()]
    assert sum(map(len, looked_at)) <= MOST_METRICS_OF_ALARMS
    # CloudWatch takes no more in one alarm.
    assert max(map(len, looked_at)) <= 10


def test_the_dashboard_is_free_and_has_every_alarm(cloud: Template) -> None:
    widgets = dashboard(cloud)
    (states,) = (each["properties"]["alarms"] for each in widgets if each["type"] == "alarm")
    shown = [
        metric
        for each in widgets
        if each["type"] == "metric"
        for metric in each["properties"]["metrics"]
    ]
    assert len(states) == len(alarms(cloud))
    assert 0 < len(shown) <= MOST_METRICS_OF_A_DASHBOARD


def test_errors_are_shown_of_each_lambda(cloud: Template) -> None:
    (graph,) = (
        each["properties"]["metrics"]
        for each in dashboard(cloud)
        if each["properties"].get("title") == "Errors by Lambda"
    )
    assert {metric[3] for metric in graph} == set(cloud.lambdas())


def test_the_api_is_watched_under_the_name_that_it_has(cloud: Template) -> None:
    api = cloud.only("AWS::Serverless::Api")
    assert api["DefinitionBody"]["info"]["title"] == f"deepstory-{cloud.stage}"
    for name in ("ApiErrors", "ApiSlow"):
        assert dimensions(alarms(cloud)[name]) == {
            "ApiName": api["DefinitionBody"]["info"]["title"],
            "Stage": api["StageName"],
        }
    assert alarms(cloud)["ApiErrors"]["Statistic"] == "Average"
    assert alarms(cloud)["ApiSlow"]["ExtendedStatistic"] == "p99"


@pytest.mark.parametrize("name", ["LambdaErrors", "LambdaThrottles"])
def test_all_lambdas_are_watched_by_the_metric_that_has_no_dimensions(
    cloud: Template, name: str
) -> None:
    alarm = alarms(cloud)[name]
    assert (alarm["Namespace"], dimensions(alarm)) == ("AWS/Lambda", {})
    # A run each five minutes that fails each time goes off too.
    assert (alarm["Period"], alarm["DatapointsToAlarm"]) == (300, 3)


def test_every_lambda_that_reads_a_stream_is_watched(cloud: Template) -> None:
    watched = metrics(alarms(cloud)["StreamsBehind"])
    tables = cloud.of_type("AWS::DynamoDB::Table")
    assert {each["MetricName"] for each in watched} == {"IteratorAge"}
    assert {dimensions(each)["FunctionName"]["Ref"] for each in watched} == {
        props["FunctionName"]["Ref"]
        for props in cloud.of_type("AWS::Lambda::EventSourceMapping").values()
        if props["EventSourceArn"]["Fn::GetAtt"][0] in tables
    }


def test_lambdas_are_near_their_end_after_the_time_that_they_have(cloud: Template) -> None:
    alarm = alarms(cloud)["LambdaNearTimeout"]
    (expression,) = (each["Expression"] for each in alarm["Metrics"] if "Expression" in each)
    queries = {each["Id"]: each for each in alarm["Metrics"] if "MetricStat" in each}
    for name, query in queries.items():
        (function,) = dimensions(query["MetricStat"]["Metric"])["FunctionName"].values()
        timeout = cloud.lambdas()[function]["Timeout"]
        # Milliseconds by a hundredth of the time: percent.
        assert f"FILL({name},0)/{timeout * 10}" in expression
    assert alarm["Threshold"] == 90


def test_every_queue_of_work_is_watched_for_longer_than_failing_takes(cloud: Template) -> None:
    queues = {
        name: queue
        for name, queue in cloud.of_type("AWS::SQS::Queue").items()
        if "RedrivePolicy" in queue
    }
    watched = {
        dimensions(alarm)["QueueName"]["Fn::GetAtt"][0]: alarm
        for alarm in alarms(cloud).values()
        if alarm.get("MetricName") == "ApproximateAgeOfOldestMessage"
    }
    assert set(watched) == set(queues)
    for name, alarm in watched.items():
        tries = queues[name]["RedrivePolicy"]["maxReceiveCount"] - 1
        assert alarm["Threshold"] > tries * queues[name]["VisibilityTimeout"]


def test_the_endpoint_is_watched_under_the_name_and_variant_that_it_has(cloud: Template) -> None:
    (endpoint,) = cloud.of_type("AWS::SageMaker::Endpoint")
    (variant,) = cloud.only("AWS::SageMaker::EndpointConfig")["ProductionVariants"]
    of_endpoint = {"EndpointName": {"Fn::GetAtt": [endpoint, "EndpointName"]}}
    of_variant = of_endpoint | {"VariantName": variant["VariantName"]}
    queue, work, instances = "AWS/SageMaker", "AWS/SageMaker", "/aws/sagemaker/Endpoints"
    # Which dimensions each has is documented by SageMaker; it cannot be tried without an account.
    assert {
        name: [(each["Namespace"], each["MetricName"], dimensions(each)) for each in metrics(alarm)]
        for name, alarm in alarms(cloud).items()
        if "SageMaker" in str(alarm) or "sagemaker" in str(alarm)
    } == {
        "PicturesFail": [(work, "InvocationFailures", of_variant)],
        "PicturesWait": [(queue, "ApproximateAgeOfOldestRequest", of_endpoint)],
        "ModelDoesNotWake": [(queue, "HasBacklogWithoutCapacity", of_endpoint)],
        "ModelIdles": [
            (instances, "CPUUtilization", of_variant),
            (queue, "ApproximateBacklogSize", of_endpoint),
        ],
    }


def test_refused_calls_are_counted_in_the_log_of_every_lambda(cloud: Template) -> None:
    filters = list(cloud.of_type("AWS::Logs::MetricFilter").values())
    functions = cloud.of_type("AWS::Lambda::Function") | cloud.lambdas()
    logs = {
        props["LoggingConfig"]["LogGroup"]["Ref"]
        for props in functions.values()
        if "LoggingConfig" in props
    }
    assert {each["LogGroupName"]["Ref"] for each in filters} == logs
    alarm = alarms(cloud)["CallsRefused"]
    for each in filters:
        (made,) = each["MetricTransformations"]
        assert (made["MetricNamespace"], made["MetricName"]) == (
            alarm["Namespace"],
            alarm["MetricName"],
        )
        # A value for every other line would be paid for all month.
        assert "DefaultValue" not in made
    assert dimensions(alarm) == {}


@pytest.mark.parametrize(
    ("code", "counted"),
    [
        ("ThrottlingException", True),
        ("ProvisionedThroughputExceededException", True),
        ("RequestLimitExceeded", True),
        ("InternalServerError", True),
        ("ConditionalCheckFailedException", False),
    ],
)
def test_what_the_api_logs_of_a_refused_call_is_what_is_counted(
    prod: Template,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    code: str,
    counted: bool,
) -> None:
    # A logger of its own, which writes to what this test captures.
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", f"refused-{code}")
    logger.cache_clear()
    cause = ClientError({"Error": {"Code": code, "Message": "no"}}, "PutItem")
    unexpected_error_response(PutError(f"Failed to put item: {cause}", cause), request_id="r1")
    logger.cache_clear()
    written = capsys.readouterr().out
    pattern = next(iter(prod.of_type("AWS::Logs::MetricFilter").values()))["FilterPattern"]
    terms = [term.removeprefix("?").strip('"') for term in pattern.split()]
    assert json.loads(written)["request"] == "r1"
    assert any(term in written for term in terms) is counted
