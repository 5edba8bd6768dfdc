"""Stream records reach Lambdas in order, at least once, under numbers that never change."""

import itertools
import threading
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from support.cloud import Cloud
from support.functions import Recorder, wait_for

RETRY_AT_ONCE = {"MaximumBatchingWindowInSeconds": 0, "BatchSize": 10}


def stream_of(client: Any, table: str = "source") -> str:
    """Create a table with a stream and return the stream's ARN."""
    answer = client.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    arn: str = answer["TableDescription"]["LatestStreamArn"]
    return arn


def put(client: Any, key: str, table: str = "source", **attributes: Any) -> None:
    client.put_item(TableName=table, Item={"key": {"S": key}, **attributes})


def keys(records: list[dict[str, Any]]) -> list[str]:
    return [record["dynamodb"]["Keys"]["key"]["S"] for record in records]


def numbers(records: list[dict[str, Any]]) -> list[int]:
    return [int(record["dynamodb"]["SequenceNumber"]) for record in records]


@pytest.fixture
def recorder(own_cloud: Cloud, tmp_path: Path) -> Recorder:
    return Recorder(own_cloud.client("lambda"), tmp_path / "log")


def connect(cloud: Cloud, function: Recorder, stream: str, **settings: Any) -> None:
    cloud.client("lambda").create_event_source_mapping(
        FunctionName=function.arn,
        EventSourceArn=stream,
        StartingPosition="LATEST",
        **(RETRY_AT_ONCE | settings),
    )


def test_records_of_unfinished_work_come_again_after_kill_9_under_the_same_numbers(
    own_cloud: Cloud, recorder: Recorder
) -> None:
    database = own_cloud.client("dynamodb")
    connect(own_cloud, recorder, stream_of(database))
    put(database, "first")
    wait_for(lambda: keys(recorder.records()) == ["first"], "the first record")
    recorder.order(fail=True)
    put(database, "second")
    put(database, "third")
    wait_for(lambda: {"second"} <= set(keys(recorder.records())), "the failing record")
    own_cloud.kill()
    before = recorder.records()

    recorder.log.unlink()
    recorder.order()
    own_cloud.start()
    wait_for(lambda: "third" in keys(recorder.records()), "the records after the restart")
    put(own_cloud.client("dynamodb"), "fourth")
    wait_for(lambda: "fourth" in keys(recorder.records()), "a record after the restart")

    after = recorder.records()
    assert keys(after) == ["second", "third", "fourth"]
    assert numbers(after) == sorted(set(numbers(after)))
    assert numbers(before)[0] < numbers(after)[0]
    again = dict(zip(keys(before), numbers(before), strict=True))
    assert again["second"] == numbers(after)[0]


def test_under_load_and_kill_9_every_write_is_delivered_in_order_with_one_number(
    own_cloud: Cloud, recorder: Recorder
) -> None:
    connect(own_cloud, recorder, stream_of(own_cloud.client("dynamodb")))
    done: list[str] = []
    for round_ in range(3):
        writers = [
            threading.Thread(target=write_until_killed, args=(own_cloud, f"{round_}-{name}", done))
            for name in "ab"
        ]
        for writer in writers:
            writer.start()
        wait_for_more(done, 60)
        own_cloud.kill()
        for writer in writers:
            writer.join()
        own_cloud.start()
    wait_for(lambda: set(done) <= set(keys(recorder.records())), "all records")
    numbers_of: dict[str, set[int]] = {}
    for record in recorder.records():
        key = record["dynamodb"]["Keys"]["key"]["S"]
        numbers_of.setdefault(key, set()).add(int(record["dynamodb"]["SequenceNumber"]))
    assert all(len(found) == 1 for found in numbers_of.values())
    firsts = [min(found) for found in numbers_of.values()]
    assert firsts == sorted(set(firsts))


def wait_for_more(done: list[str], count: int) -> None:
    wanted = len(done) + count
    wait_for(lambda: len(done) >= wanted, "some writes")


def write_until_killed(cloud: Cloud, writer: str, done: list[str]) -> None:
    client = cloud.client("dynamodb")
    for number in itertools.count():
        try:
            put(client, f"{writer}-{number}")
        except (ClientError, BotoCoreError):
            return
        done.append(f"{writer}-{number}")


def test_processed_records_do_not_come_again_after_an_orderly_restart(
    own_cloud: Cloud, recorder: Recorder
) -> None:
    database = own_cloud.client("dynamodb")
    connect(own_cloud, recorder, stream_of(database))
    put(database, "first")
    wait_for(lambda: keys(recorder.records()) == ["first"], "the first record")
    wait_for(lambda: idle(own_cloud), "the end of the invocation")
    assert own_cloud.stop() == 0
    own_cloud.start()
    put(own_cloud.client("dynamodb"), "second")
    wait_for(lambda: "second" in keys(recorder.records()), "the second record")
    assert keys(recorder.records()) == ["first", "second"]
    assert numbers(recorder.records()) == sorted(set(numbers(recorder.records())))


def idle(cloud: Cloud) -> bool:
    (mapping,) = cloud.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    result: str = mapping["LastProcessingResult"]
    return result == "OK"


def test_only_the_records_from_the_first_reported_one_come_again(
    own_cloud: Cloud, recorder: Recorder
) -> None:
    database = own_cloud.client("dynamodb")
    stream = stream_of(database)
    connect(own_cloud, recorder, stream, FunctionResponseTypes=["ReportBatchItemFailures"])
    recorder.order(sleep=0.5)
    put(database, "blocker")
    wait_for(lambda: len(recorder.events()) == 1, "the blocking invocation")
    for key in ("one", "two", "three"):
        put(database, key)
    streams = own_cloud.client("dynamodbstreams")
    shard = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(
        StreamArn=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    second = streams.get_records(ShardIterator=iterator)["Records"][2]["dynamodb"]["SequenceNumber"]
    recorder.order(answer={"batchItemFailures": [{"itemIdentifier": second}]})
    wait_for(lambda: len(recorder.events()) >= 3, "the repeated batch")
    recorder.order()
    batches = [keys(event["Records"]) for event in recorder.events()[:3]]
    assert batches == [["blocker"], ["one", "two", "three"], ["two", "three"]]


def test_a_filtered_record_does_not_reach_the_function(
    own_cloud: Cloud, recorder: Recorder
) -> None:
    database = own_cloud.client("dynamodb")
    pattern = '{"eventName": ["INSERT"]}'
    connect(
        own_cloud,
        recorder,
        stream_of(database),
        FilterCriteria={"Filters": [{"Pattern": pattern}]},
    )
    put(database, "one")
    put(database, "one", changed={"S": "yes"})
    put(database, "two")
    wait_for(lambda: "two" in keys(recorder.records()), "the second insert")
    assert keys(recorder.records()) == ["one", "two"]


def test_a_hopeless_batch_is_given_up_after_its_retries_and_goes_to_the_queue(
    own_cloud: Cloud, recorder: Recorder
) -> None:
    database, queues = own_cloud.client("dynamodb"), own_cloud.client("sqs")
    queue = queues.create_queue(QueueName="failures")["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    connect(
        own_cloud,
        recorder,
        stream_of(database),
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": arn["Attributes"]["QueueArn"]}},
    )
    recorder.order(fail=True)
    put(database, "hopeless")
    wait_for(lambda: len(recorder.events()) == 2, "the retry")
    messages = queues.receive_message(QueueUrl=queue, WaitTimeSeconds=10)["Messages"]
    recorder.order()
    put(database, "next")
    wait_for(lambda: "next" in keys(recorder.records()), "the record after it")
    assert keys(recorder.records()) == ["hopeless", "hopeless", "next"]
    assert "RetryAttemptsExhausted" in messages[0]["Body"]


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_record_whose_function_was_ended_with_the_cloud_comes_again(
    own_cloud: Cloud, recorder: Recorder, how: str
) -> None:
    database = own_cloud.client("dynamodb")
    connect(own_cloud, recorder, stream_of(database), MaximumRetryAttempts=0)
    recorder.order(sleep=50)
    put(database, "slow")
    wait_for(lambda: len(recorder.events()) == 1, "the slow invocation")
    getattr(own_cloud, how)()
    recorder.order()
    own_cloud.start()
    wait_for(lambda: len(recorder.events()) == 2, "the second delivery")
    first, second = recorder.records()
    assert first == second


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_no_lambda_process_outlives_the_cloud(
    own_cloud: Cloud, recorder: Recorder, how: str
) -> None:
    database = own_cloud.client("dynamodb")
    connect(own_cloud, recorder, stream_of(database))
    recorder.order(sleep=50)
    put(database, "slow")
    wait_for(lambda: len(recorder.events()) == 1, "the slow invocation")
    assert workers(own_cloud)
    getattr(own_cloud, how)()
    wait_for(lambda: not workers(own_cloud), "the end of the Lambda processes")


def workers(cloud: Cloud) -> list[str]:
    """Return the command lines of processes that run from the cloud's temporary folder."""
    lines = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            lines.append((process / "cmdline").read_text())
        except OSError:
            continue
    folder = str(cloud.data_dir / "tmp")
    return [line for line in lines if folder in line]
