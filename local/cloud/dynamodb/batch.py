"""What becomes of a batch of stream records after a Lambda has seen it: AWS's rules, as data."""

from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]
_BACKOFF_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


def sequence_of(record: Record) -> str:
    """Return a stream record's sequence number."""
    number: str = record["dynamodb"]["SequenceNumber"]
    return number


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings of an event source mapping that decide about failures."""

    batch_size: int
    window_seconds: float
    reports_items: bool
    bisects: bool
    retries: int
    record_age_seconds: int

    @classmethod
    def of(cls, mapping: dict[str, Any]) -> "Policy":
        """Read a mapping as Lambda stores it; absent and -1 both mean "no limit"."""
        return cls(
            batch_size=int(mapping.get("BatchSize") or 100),
            window_seconds=float(mapping.get("MaximumBatchingWindowInSeconds") or 0),
            reports_items="ReportBatchItemFailures" in (mapping.get("FunctionResponseTypes") or []),
            bisects=bool(mapping.get("BisectBatchOnFunctionError")),
            retries=int(mapping.get("MaximumRetryAttempts", -1)),
            record_age_seconds=int(mapping.get("MaximumRecordAgeInSeconds", -1)),
        )


def first_failed(batch: list[Record], result: dict[str, Any], policy: Policy) -> int | None:
    """Return the index to deliver again from, or ``None`` when all is done.

    A report that names an unknown record counts as failure of the whole batch, as on AWS.
    """
    if result.get("error"):
        return 0
    body = result.get("body")
    if not policy.reports_items or not isinstance(body, dict):
        return None
    failures = body.get("batchItemFailures") or []
    if not failures:
        return None
    numbers = [sequence_of(record) for record in batch]
    named = [failure.get("itemIdentifier") for failure in failures]
    if any(number not in numbers for number in named):
        return 0
    return min(numbers.index(number) for number in named)


def abandoned(batch: list[Record], attempts: int, now: float, policy: Policy) -> str | None:
    """Return why a failing batch is given up, in AWS's words, or ``None`` to try again."""
    oldest = batch[0]["dynamodb"].get("ApproximateCreationDateTime", now)
    if 0 < policy.record_age_seconds < now - oldest:
        return "MaxRecordAgeExceeded"
    if 0 <= policy.retries < attempts:
        return "RetryAttemptsExhausted"
    return None


def backoff(attempts: int) -> float:
    """Return how long to wait after so many failures in a row."""
    return _BACKOFF_SECONDS[min(attempts, len(_BACKOFF_SECONDS)) - 1]
