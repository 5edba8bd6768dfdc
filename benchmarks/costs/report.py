"""The generated parts of docs/costs.md and docs/capacity.md."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.costs import gpu
from benchmarks.costs.ancestor import machines
from benchmarks.costs.bill import SERVICES
from benchmarks.costs.chart import Series, draw
from benchmarks.costs.deployment import HOURS
from benchmarks.costs.limits import limits
from benchmarks.costs.model import USERS, Model

_BATCHES = (1, 4, 8)


def prices(model: Model) -> str:
    """Return every price with the page to check it on."""
    regions = model.prices.regions
    rows = [
        [
            f"[{price.what}]({price.page})",
            *(_steps(price.steps[region]) for region in regions),
            f"{price.per:,.0f}",
            f"{price.free:,.0f}" if price.free else "",
        ]
        for price in model.prices.by_name.values()
    ]
    header = ["price of", *regions, "for", "free for ever, a month"]
    return f"As of {model.prices.as_of}.\n\n{_table(header, rows)}"


def rest(model: Model) -> str:
    """Return the bill of a month without a visitor."""
    region = model.prices.regions[0]
    bill = model.rest()
    rows = [
        [service, model.prices.by_name[name].what, f"{amount:,.2f}", f"{dollars:.3f}"]
        for service, name, amount, dollars in bill.lines(model.prices, region)
    ]
    sums = [
        f"{where}: {bill.total(model.prices, where):.2f} USD at list prices; **"
        f"{bill.total(model.prices, where) - bill.free(model.prices, where):.2f} USD** are billed "
        "where nothing else uses up what AWS gives every account each month"
        for where in model.prices.regions
    ]
    table = _table(["service", "what", "amount", "USD"], rows, numbers=2)
    return f"{table}\n\nAltogether, a month: {'; '.join(sums)}."


def users(model: Model) -> str:
    """Return the bill by service for each number of users, beside the ancestor's."""
    region = model.prices.regions[0]
    months = [model.month(number).by_service(model.prices, region) for number in USERS]
    rows = [[name, *(_dollars(month[name]) for month in months)] for name in SERVICES]
    totals = [sum(month.values()) for month in months]
    rows.append(["**together**", *(f"**{_dollars(total)}**" for total in totals)])
    rows.append(
        ["for each user", *(f"{total / n:.3f}" for total, n in zip(totals, USERS, strict=True))]
    )
    rows += [
        [
            f"together, {other}",
            *(_dollars(model.month(n).total(model.prices, other)) for n in USERS),
        ]
        for other in model.prices.regions[1:]
    ]
    rows.append(["pictures a month", *(f"{model.use.pictures * n:,.0f}" for n in USERS)])
    hours = (model.fleet().hours(model.use.pictures * n) for n in USERS)
    rows.append(["GPU hours a month", *(f"{each:,.0f}" for each in hours)])
    ancestors = [model.ancestor(n).total(model.prices, region) for n in USERS]
    rows.append(["**the ancestor**", *(f"**{_dollars(each)}**" for each in ancestors)])
    counts = [machines(n, model.use, model.assumed).total for n in USERS]
    rows.append(["its machines, always on", *(f"{each:,}" for each in counts)])
    return _table(["USD a month", *(f"{n:,} users" for n in USERS)], rows, numbers=len(USERS))


def pictures(model: Model) -> str:
    """Return what a picture costs by instance and batch, and where always-on is cheaper."""
    region = model.prices.regions[0]
    rows = []
    for kind in model.assumed["gpu"]["seconds"]:
        hour = model.prices.of(kind, 1, region)
        each = [gpu.seconds_of_a_picture(model.assumed, kind, batch) for batch in _BATCHES]
        fleet = model.fleet(kind)
        # What one asks for is drawn together.
        lone = fleet.hours(model.assumed["writing"]["pictures_in_an_ask"]) * hour
        even = [
            gpu.break_even(
                model.fleet(kind), dollars_an_hour=hour, always_on_dollars=hour_price * HOURS
            )
            for hour_price in (hour, model.prices.of("g4dn.xlarge", 1, region))
        ]
        rows.append(
            [
                kind,
                f"{hour:.4f}",
                *(f"{seconds * hour / 3600:.5f}" for seconds in each),
                f"{lone:.3f}",
                *(f"{number:,.0f}" for number in even),
            ]
        )
    header = [
        "instance",
        "USD an hour",
        *(f"USD a picture, batches of {batch}" for batch in _BATCHES),
        "USD for one ask that wakes it",
        "pictures a month: as dear as kept on",
        "as dear as the ancestor's GPU",
    ]
    return _table(header, rows, numbers=len(header) - 1)


def capacity(model: Model) -> str:
    """Return which limit is reached at how many users, the first at the top."""
    rows = [
        [limit.what, f"{_figure(limit.value)} {limit.unit}", _people(limit.users), limit.then]
        for limit in limits(model)
    ]
    return _table(["limit", "is", "reached at users", "then"], rows)


def chart(model: Model) -> str:
    region = model.prices.regions[0]
    ours = [(n, model.month(n).total(model.prices, region)) for n in USERS]
    theirs = [(n, model.ancestor(n).total(model.prices, region)) for n in USERS]
    without = [
        (n, model.month(n).total(model.prices, region) - gpu_dollars)
        for n, gpu_dollars in (
            (n, model.month(n).by_service(model.prices, region)["GPU"]) for n in USERS
        )
    ]
    series = [
        Series("Deep-Story", ours),
        Series("the ancestor", theirs),
        Series("without GPU", without),
    ]
    return draw("Cost of a month by number of users", series)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: int = 0) -> str:
    words = len(header) - numbers
    marks = ["---"] * words + ["---:"] * numbers
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, marks, *rows))


def _steps(steps: Sequence[tuple[float, float]]) -> str:
    return ", ".join(f"{dollars:.10f}".rstrip("0").rstrip(".") for _, dollars in steps)


def _dollars(amount: float) -> str:
    return f"{amount:,.2f}" if amount < 100 else f"{amount:,.0f}"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 1 else f"{value:.3f}"


def _people(users: float) -> str:
    if users == float("inf"):
        return "never"
    digits = 2 - len(f"{users:.0f}")
    return f"{round(users, digits):,.0f}"
