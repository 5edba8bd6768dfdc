"""How a batch of stream records is delivered, repeated, split and given up."""

import time
from typing import Any

import pytest

from local.cloud.dynamodb.batch import Policy, abandoned, backoff, first_failed
from local.cloud.dynamodb.consumer import IDLE_SECONDS, Consumer
from local.cloud.dynamodb.positions import Positions

FAILURE = {"error": True, "body": "as ordered"}


def record(number: str, created: float | None = None) -> dict[str, Any]:
    details: dict[str, Any] = {"SequenceNumber": number}
    if created is not None:
        details["ApproximateCreationDateTime"] = created
    return {"dynamodb": details}


def reported(*numbers: str) -> dict[str, Any]:
    return {"body": {"batchItemFailures": [{"itemIdentifier": number} for number in numbers]}}


class Bench:
    """A consumer over given records whose function answers from a list."""

    def __init__(self, numbers: str, answers: list[dict[str, Any]], **settings: Any) -> None:
        self.mapping = {"UUID": "mapping", "FunctionName": "function", "BatchSize": 10, **settings}
        self.positions = Positions()
        self.seen: list[str] = []
        self.given_up: list[tuple[str, str]] = []
        self._records = [record(number) for number in numbers]
        self._answers = answers
        self._consumer = Consumer(
            lambda: self.mapping,
            lambda _: self._records,
            self._invoke,
            self._give_up,
            self.positions,
            lambda mapping, number: self.positions.apply(["read", mapping, number]),
        )

    def deliver(self, times: int = 1) -> float:
        """Deliver so often; return the last pause."""
        return [self._consumer.deliver(self.mapping) for _ in range(times)][-1]

    def read(self) -> str:
        return self.positions.read("mapping")

    def _invoke(self, _: dict[str, Any], batch: list[dict[str, Any]]) -> dict[str, Any]:
        self.seen.append("".join(item["dynamodb"]["SequenceNumber"] for item in batch))
        return self._answers.pop(0) if self._answers else {}

    def _give_up(
        self, _: dict[str, Any], batch: list[dict[str, Any]], __: dict[str, Any], reason: str
    ) -> None:
        numbers = "".join(item["dynamodb"]["SequenceNumber"] for item in batch)
        self.given_up.append((numbers, reason))


def test_batches_follow_each_other_until_nothing_is_unread() -> None:
    bench = Bench("12345", [], BatchSize=2)
    assert bench.deliver(3) == 0
    assert bench.seen == ["12", "34", "5"]
    assert bench.deliver() == IDLE_SECONDS
    assert bench.read() == "5"


def test_a_failed_batch_comes_again_whole_after_growing_pauses() -> None:
    bench = Bench("123", [FAILURE, FAILURE])
    pauses = [bench.deliver(), bench.deliver()]
    assert pauses == [backoff(1), backoff(2)]
    assert bench.read() == ""
    bench.deliver()
    assert bench.seen == ["123", "123", "123"]
    assert bench.read() == "3"


def test_a_report_repeats_from_its_lowest_number() -> None:
    bench = Bench("1234", [reported("4", "3")], FunctionResponseTypes=["ReportBatchItemFailures"])
    bench.deliver(2)
    assert bench.seen == ["1234", "34"]


def test_a_report_is_ignored_unless_the_mapping_asks_for_it() -> None:
    bench = Bench("12", [reported("1")])
    bench.deliver()
    assert bench.read() == "2"


def test_splitting_finds_the_poisonous_record_and_gives_up_only_that() -> None:
    bench = Bench(
        "1234",
        [FAILURE, FAILURE, FAILURE, FAILURE],
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=2,
    )
    bench.deliver(5)
    assert bench.seen == ["1234", "12", "1", "234", "2"]
    assert bench.given_up == [("1", "RetryAttemptsExhausted")]
    assert bench.read() == "2"


def test_a_disabled_mapping_reads_nothing() -> None:
    bench = Bench("1", [], Enabled=False)
    assert bench.deliver() == IDLE_SECONDS
    assert bench.seen == []


def test_a_batch_waits_for_its_window_or_its_size() -> None:
    waiting = Bench("12", [], MaximumBatchingWindowInSeconds=300)
    assert waiting.deliver() > 200
    assert waiting.seen == []
    full = Bench("12", [], MaximumBatchingWindowInSeconds=300, BatchSize=2)
    assert full.deliver() == 0


def test_records_are_given_up_by_attempts_or_by_age() -> None:
    now = time.time()
    batch = [record("1", now - 100)]
    assert abandoned(batch, 99, now, Policy.of({})) is None
    assert abandoned(batch, 1, now, Policy.of({"MaximumRetryAttempts": 1})) is None
    assert (
        abandoned(batch, 2, now, Policy.of({"MaximumRetryAttempts": 1})) == "RetryAttemptsExhausted"
    )
    young, old = {"MaximumRecordAgeInSeconds": 200}, {"MaximumRecordAgeInSeconds": 60}
    assert abandoned(batch, 1, now, Policy.of(young)) is None
    assert abandoned(batch, 1, now, Policy.of(old)) == "MaxRecordAgeExceeded"


@pytest.mark.parametrize(
    ("result", "failed"),
    [
        ({"body": None}, None),
        ({"body": {"batchItemFailures": []}}, None),
        ({"body": {"batchItemFailures": None}}, None),
        ({"body": "text"}, None),
        (reported("2"), 1),
        (reported("unknown"), 0),
        (reported(""), 0),
        (FAILURE, 0),
    ],
)
def test_answers_are_read_as_lambda_reads_them(result: dict[str, Any], failed: int | None) -> None:
    policy = Policy.of({"FunctionResponseTypes": ["ReportBatchItemFailures"]})
    assert first_failed([record("1"), record("2")], result, policy) == failed


def test_sequence_numbers_grow_and_continue_after_a_restore() -> None:
    positions = Positions()
    given = [positions.following() for _ in range(3)]
    assert given == sorted(set(given), key=int)
    assert len({len(number) for number in given}) == 1
    again = Positions()
    for operation in positions.snapshot():
        again.apply(operation)
    assert again.following() > given[-1]
    by_record = Positions()
    by_record.apply(["event", "account", "region", "table", record(given[-1])])
    assert by_record.following() > given[-1]
