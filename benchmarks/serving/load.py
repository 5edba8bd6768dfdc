"""How long people wait when they come by themselves, at a rate that the server does not choose."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict

from benchmarks.serving.arrivals import Arrival, schedule
from benchmarks.serving.bench import Bench, Row, Rows
from benchmarks.serving.figures import percentile
from benchmarks.serving.orders import Order, mix
from benchmarks.serving.processes import Process, TooSlowError
from benchmarks.serving.quality import compare

PERCENTS = (50, 95, 99)
MIX = "mix"


def measure(bench: Bench) -> Rows:
    orders = mix(bench.model, bench.options.mix_sizes, [bench.steps, max(1, bench.steps // 2)])
    bench.draw_references(orders, MIX)
    with bench.running(bench.contenders) as contenders:
        capacity = 1 / min(_mean_seconds(contenders[0], orders) for _ in range(2))
        for contender in contenders[1:]:
            _warm(contender, orders)
        for turn, fraction in enumerate(bench.options.fractions):
            rate = fraction * capacity
            arrivals = schedule(rate, bench.options.load_seconds, len(orders))
            print(f"  {len(arrivals)} arrivals at {rate:.2f} a second ...", flush=True)
            first = turn % len(contenders)
            for contender in contenders[first:] + contenders[:first]:
                known: Row = {"contender": contender.name, "fraction": fraction, "rate": rate}
                known["asked"] = len(arrivals)
                yield known | _offer(bench, contender, orders, arrivals, f"load-{fraction}")


def _mean_seconds(contender: Process, orders: list[Order]) -> float:
    """Draw each kind once, alone, which also prepares what is new."""
    answers = [contender.ask("draw", orders=[order.fields], save=MIX) for order in orders]
    return sum(float(answer["seconds"]) for answer in answers) / len(orders)


def _warm(contender: Process, orders: list[Order]) -> None:
    if not contender.failed:
        with suppress(TooSlowError):
            _mean_seconds(contender, orders)


def _offer(
    bench: Bench, contender: Process, orders: list[Order], arrivals: list[Arrival], save: str
) -> Row:
    if contender.failed:
        return {"failed": contender.failed}
    try:
        answers = contender.ask(
            "load",
            orders=[order.fields for order in orders],
            schedule=[asdict(arrival) for arrival in arrivals],
            save=save,
        )
    except TooSlowError as error:
        return {"failed": str(error)}
    latencies = answers["latencies"]
    return {
        "lost": answers["lost"],
        "per_second": len(latencies) / answers["seconds"],
        "latency": {str(each): percentile(latencies, each) for each in PERCENTS},
        "difference": compare(contender.pictures / save, bench.truths(MIX), orders),
    }
