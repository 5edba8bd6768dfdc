"""``make benchmarks``: measure everything in one run and write ``benchmarks/results/api.md``."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import aws_calls, cold_import, handler_time, machine

RESULTS = Path(__file__).parent / "results" / "api.md"

_HANDLER = """
## Time of one request in the handler

`PATCH /v1/me`: check the access token, find the session, validate four fields, store, answer with
the validated user. Token check and in-memory stores are the same objects for all; the contenders
take turns in {rounds} rounds of {requests} requests. Microseconds; ratios are of the medians.

| | median | fastest round | of ours | of bare Chalice |
|---|---|---|---|---|"""

_IMPORT = """
## Cold import

A fresh interpreter imports what a Lambda imports before its first request, from compiled files.
The contenders take turns in {rounds} rounds. Milliseconds.

| | median | fastest | of ours | of bare Chalice |
|---|---|---|---|---|"""

_CALLS = """
## AWS calls and consumed capacity

One request each, the process warm, counted at the client. Capacity is {engine}'s
reckoning, in units; writes include indexes, transactions count double. Every request that needs a
login reads its session (ADR 0006).

| operation | calls | read units | write units | which |
|---|---|---|---|---|"""


def main() -> None:
    today = datetime.now(UTC).date()
    lines = [f"# API benchmarks\n\nMeasured on {today} by `make benchmarks`.\n"]
    lines += machine.describe()
    print("time in the handler ...", flush=True)
    timings = handler_time.measure()
    lines.append(_HANDLER.format(rounds=handler_time.ROUNDS, requests=handler_time.REQUESTS))
    lines += _rows([(each.name, each.median, each.best) for each in timings])
    print("cold import ...", flush=True)
    imports = cold_import.measure()
    lines.append(_IMPORT.format(rounds=cold_import.ROUNDS))
    lines += _rows([(each.name, each.median, each.best) for each in imports])
    print("AWS calls ...", flush=True)
    engine, usages = aws_calls.measure()
    lines.append(_CALLS.format(engine=engine))
    lines += [_call_row(usage) for usage in usages]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"written to {RESULTS}")


def _rows(measured: list[tuple[str, float, float]]) -> list[str]:
    """Return table rows; ours is first and bare Chalice second in every list."""
    ours, bare = measured[0][1], measured[1][1]
    return [
        f"| {name} | {median:.1f} | {best:.1f} | {median / ours:.2f} | {median / bare:.2f} |"
        for name, median, best in measured
    ]


def _call_row(usage: aws_calls.Usage) -> str:
    which = ", ".join(
        f"{count} x {name}" if count > 1 else name for name, count in Counter(usage.calls).items()
    )
    return (
        f"| {usage.operation} | {len(usage.calls)} | {usage.reads:g} | {usage.writes:g} | {which} |"
    )


if __name__ == "__main__":
    main()
