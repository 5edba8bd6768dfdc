from __future__ import annotations

import json

import pytest

from deepstory.observability import count
from infrastructure.synthesis import Json, Template

STREAMS = {
    "DispatchPictures": "DataPictures",
    "LikeCounts": "DataLikes",
    "CommentCounts": "DataComments",
    "PostsRemoved": "DataPosts",
    "SearchIndex": "DataPosts",
}


def mappings(template: Template, function: str) -> list[Json]:
    return [
        props
        for props in template.of_type("AWS::Lambda::EventSourceMapping").values()
        if function in props["FunctionName"]["Ref"]
    ]


def mapping(template: Template, function: str) -> Json:
    return mappings(template, function)[0]


def schedule_of(template: Template, function: str) -> Json:
    return next(
        props
        for props in template.of_type("AWS::Scheduler::Schedule").values()
        if function in props["Target"]["Arn"]["Fn::GetAtt"][0]
    )


def test_streams_repeat_only_what_failed_and_lose_nothing(template: Template) -> None:
    queues = template.of_type("AWS::SQS::Queue")
    for function in STREAMS:
        props = mapping(template, function)
        failures = props["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
        assert props["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert props["BisectBatchOnFunctionError"] is True
        assert 0 < props["MaximumRetryAttempts"] <= 10
        # Records written between the making of the table and of the mapping count too.
        assert props["StartingPosition"] == "TRIM_HORIZON"
        assert failures in queues


def test_only_new_pictures_start_the_dispatcher(template: Template) -> None:
    (pattern,) = mapping(template, "DispatchPictures")["FilterCriteria"]["Filters"]
    assert json.loads(pattern["Pattern"]) == {"eventName": ["INSERT"]}


def test_only_deleted_posts_and_secret_entries_start_the_removal(template: Template) -> None:
    sources = mappings(template, "PostsRemoved")
    tables = [props["EventSourceArn"]["Fn::GetAtt"][0] for props in sources]
    assert len(tables) == 2
    assert all(table.startswith(("DataPosts", "DataSecretEntries")) for table in tables)
    for props in sources:
        (pattern,) = props["FilterCriteria"]["Filters"]
        assert json.loads(pattern["Pattern"]) == {"eventName": ["REMOVE"]}


def test_people_are_told_of_what_is_new_and_of_pictures_that_ended(template: Template) -> None:
    ended = {"NewImage": {"status": {"S": ["ready", "failed"]}}}
    created = {"eventName": ["INSERT"]}
    expected = {
        "DataLikes": created,
        "DataComments": created,
        "DataFriendRequests": created,
        "DataSecretDiaries": created,
        "DataSecretEntries": created,
        "DataPictures": {"eventName": ["MODIFY"], "dynamodb": ended},
    }
    sources = mappings(template, "Notices")
    assert len(sources) == len(expected)
    for props in sources:
        source = props["EventSourceArn"]["Fn::GetAtt"][0]
        (table,) = (name for name in expected if name in source)
        (pattern,) = props["FilterCriteria"]["Filters"]
        assert json.loads(pattern["Pattern"]) == expected[table]
        assert props["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert "OnFailure" in props["DestinationConfig"]


def test_no_stream_has_more_readers_than_dynamodb_serves_well(template: Template) -> None:
    tables = template.of_type("AWS::DynamoDB::Table")
    read = [
        props["EventSourceArn"]["Fn::GetAtt"][0]
        for props in template.of_type("AWS::Lambda::EventSourceMapping").values()
    ]
    sources = [source for source in read if source in tables]
    assert max(sources.count(source) for source in sources) <= 2


def test_counters_see_every_change(template: Template) -> None:
    for function in ("LikeCounts", "CommentCounts"):
        assert "FilterCriteria" not in mapping(template, function)


def test_posts_that_stay_private_never_reach_the_search_index(template: Template) -> None:
    filters = mapping(template, "SearchIndex")["FilterCriteria"]["Filters"]
    assert [json.loads(each["Pattern"]) for each in filters] == [
        {"dynamodb": {image: {"visibility": {"S": ["public"]}}}}
        for image in ("NewImage", "OldImage")
    ]


def test_streams_come_from_the_tables_of_their_lambdas(template: Template) -> None:
    for function, table in STREAMS.items():
        assert table in mapping(template, function)["EventSourceArn"]["Fn::GetAtt"][0]


def test_both_topics_reach_the_worker_and_keep_what_it_cannot_take(template: Template) -> None:
    subscriptions = [
        one
        for one in template.of_type("AWS::SNS::Subscription").values()
        if one["Protocol"] == "lambda"
    ]
    assert len({one["TopicArn"]["Ref"] for one in subscriptions}) == 2
    for one in subscriptions:
        assert "PictureFinished" in one["Endpoint"]["Fn::GetAtt"][0]
        assert "deadLetterTargetArn" in one["RedrivePolicy"]


def test_an_answer_that_fails_in_the_worker_is_kept_too(template: Template) -> None:
    config = template.only("AWS::Lambda::EventInvokeConfig", containing="PictureFinished")
    destination = config["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
    assert destination in template.of_type("AWS::SQS::Queue")


def failure_queues(template: Template) -> dict[str, Json]:
    """Return the queues that nobody takes from."""
    queues = template.of_type("AWS::SQS::Queue")
    return {name: queue for name, queue in queues.items() if "RedrivePolicy" not in queue}


def test_failures_are_kept_encrypted_for_as_long_as_queues_can(template: Template) -> None:
    for queue in failure_queues(template).values():
        assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
        assert queue["SqsManagedSseEnabled"] is True


def test_every_queue_of_failures_has_an_alarm(template: Template) -> None:
    queues = set(failure_queues(template))
    watched = set()
    for alarm in template.of_type("AWS::CloudWatch::Alarm").values():
        if alarm.get("MetricName") == "ApproximateNumberOfMessagesVisible":
            (dimension,) = alarm["Dimensions"]
            watched.add(dimension["Value"]["Fn::GetAtt"][0])
            assert (alarm["Threshold"], alarm["TreatMissingData"]) == (1, "notBreaching")
    assert watched == queues


@pytest.mark.parametrize("function", ["DispatchWaiting", "TendModelServer"])
def test_waiting_pictures_and_the_model_server_are_looked_at_every_minute(
    template: Template, function: str
) -> None:
    schedule = schedule_of(template, function)
    assert schedule["ScheduleExpression"] == "rate(1 minute)"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}


def test_signing_keys_are_replaced_every_month(template: Template) -> None:
    schedule = schedule_of(template, "RotateSigningKeys")
    assert schedule["ScheduleExpression"] == "rate(30 days)"


def test_statistics_are_recounted_by_calls_that_may_break_off(template: Template) -> None:
    assert schedule_of(template, "RebuildStats")["ScheduleExpression"] == "rate(1 hour)"
    config = template.only("AWS::Lambda::EventInvokeConfig", containing="RebuildStats")
    assert config["MaximumRetryAttempts"] == 0


@pytest.mark.parametrize("function", ["VerifyCounts", "SweepPictures", "Backfill"])
def test_upkeep_is_called_every_hour_and_goes_on_where_it_stopped(
    template: Template, function: str
) -> None:
    schedule = schedule_of(template, function)
    assert schedule["ScheduleExpression"] == "rate(1 hour)"
    assert schedule["Target"]["RetryPolicy"] == {"MaximumRetryAttempts": 0}
    config = template.only("AWS::Lambda::EventInvokeConfig", containing=function)
    assert config["MaximumRetryAttempts"] == 0


@pytest.mark.parametrize(
    ("function", "metric"),
    [
        ("RebuildStats", "StatisticsDrift"),
        ("VerifyCounts", "CountDrift"),
        ("SweepPictures", "PicturesLost"),
        ("SweepPictures", "OrphansRefused"),
    ],
)
def test_what_should_not_have_been_found_raises_an_alarm(
    template: Template,
    function: str,
    metric: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (props,) = [each for name, each in template.lambdas().items() if function in name]
    service = props["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", service)
    count(metric, 1)
    written = json.loads(capsys.readouterr().out)
    (told,) = written["_aws"]["CloudWatchMetrics"]
    (names,) = told["Dimensions"]

    alarm = template.only("AWS::CloudWatch::Alarm", containing=metric)
    assert (alarm["Namespace"], alarm["MetricName"]) == (told["Namespace"], metric)
    # A metric with other dimensions is another metric, of which nothing is ever heard.
    assert {each["Name"]: each["Value"] for each in alarm["Dimensions"]} == {
        name: written[name] for name in names
    }
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (
        1,
        "GreaterThanOrEqualToThreshold",
    )


@pytest.mark.parametrize("function", ["DispatchWaiting", "TendModelServer"])
def test_a_failed_scheduled_run_waits_for_the_next_one(template: Template, function: str) -> None:
    schedule = schedule_of(template, function)
    config = template.only("AWS::Lambda::EventInvokeConfig", containing=function)
    assert schedule["Target"]["RetryPolicy"] == {"MaximumRetryAttempts": 0}
    assert config["MaximumRetryAttempts"] == 0
