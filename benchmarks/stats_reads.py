"""What the dashboard's four reads cost, with few users and with many.

Part of ``make benchmarks``; writes ``benchmarks/results/stats.md``. The counters are written as
that many sign-ups, posts, pictures and log-ins leave them; the reads look at nothing else, and
their answers are compared with a count of every person.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import asdict

from benchmarks import machine
from benchmarks.aws_calls import Meter, Usage
from deepstory.accounts.entities import User
from deepstory.clock import local_date
from deepstory.services import Services
from deepstory.stats.counting import of_picture, of_post, of_user, of_visit, total
from deepstory.stats.entities import Amounts, Tally
from support import dynamodb_local
from support.cloud import Cloud
from support.people import GENDERS, bands_of, people
from support.tables import create_tables

RESULTS = Path(__file__).parent / "results" / "stats.md"
# The first is far from filling the counters, the others show how little is left to fill.
SIZES = (50, 50_000, 500_000)
POSTS_EACH = 2
PENDING = 100_000

_HEAD = """# What the dashboard's reads cost

Measured on {today} by `make benchmarks`.

{machine}

Queries, the items that they read, and read units as Amazon DynamoDB Local reckons
them. Everybody is 0 to 100 years old, signed up within 400 days, wrote {posts} posts, had one
picture drawn and logged in once this month.

| read | users | queries | items | read units |
|---|---|---|---|---|"""


class Reading(NamedTuple):
    name: str
    users: int
    usage: Usage


def main() -> None:
    meter = Meter()
    meter.listen()
    readings: list[Reading] = []
    with _engine() as (cloud, endpoint):
        for account, number in enumerate(SIZES, start=1):
            print(f"{number} users ...", flush=True)
            environment = cloud.environment(f"{account:012}")
            os.environ |= environment | {"AWS_ENDPOINT_URL_DYNAMODB": endpoint}
            client = dynamodb_local.client(endpoint, f"{account:012}")
            readings += _measure(Services(create_tables(client)), number, meter)
    today = date.today()
    described = "\n".join(machine.describe())
    head = _HEAD.format(today=today, machine=described, posts=POSTS_EACH)
    readings.sort(key=lambda reading: reading.name)
    RESULTS.write_text("\n".join([head, *map(_row, readings)]) + "\n", encoding="utf-8")
    print(f"written to {RESULTS}")


@contextmanager
def _engine() -> Iterator[tuple[Cloud, str]]:
    """Give the embedded cloud and the address of Amazon's DynamoDB Local.

    The embedded cloud itself charges every query the same, whatever it reads.
    """
    package = dynamodb_local.directory()
    assert package, "run this by make benchmarks, which fetches DynamoDB Local"
    with tempfile.TemporaryDirectory() as directory:
        cloud = Cloud(Path(directory) / "cloud").start()
        try:
            with dynamodb_local.running(package, Path(directory) / "log") as endpoint:
                yield cloud, endpoint
        finally:
            cloud.stop()


def _measure(services: Services, number: int, meter: Meter) -> list[Reading]:
    zone = services.settings.service_time_zone
    today = local_date(services.clock.now(), zone)
    users = list(people(number, seed=1, today=today))
    _fill(services, users)
    stats, readings = services.stats, []

    def read(name: str, answer: Callable[[], object], expected: object) -> None:
        with meter.measuring(name) as usage:
            found = answer()
        assert found == expected, (name, found, expected)
        readings.append(Reading(name, number, usage))

    genders = Counter(user.gender for user in users)
    read(
        "overview",
        lambda: asdict(stats.overview()),
        {"users": number, "posts": POSTS_EACH * number, "pictures": number},
    )
    read("access", lambda: sum(stats.access()[1]), number)
    read(
        "gender",
        lambda: asdict(stats.genders()),
        {gender: genders[gender] for gender in GENDERS},
    )
    read(
        "age-gender",
        lambda: [{"band": each.band, **asdict(each.genders)} for each in stats.age_bands()],
        bands_of(users, today),
    )
    return readings


def _fill(services: Services, users: list[User]) -> None:
    now, zone = services.clock.now(), services.settings.service_time_zone
    choice = random.Random(2)  # noqa: S311  # no secret
    first = local_date(now, zone).day
    sums: Amounts = {}
    pending: list[Amounts] = []
    for user in users:
        # Any hour of this month's days so far.
        came_at = now - timedelta(days=choice.randrange(first))
        amounts = [of_user(user), of_visit(user.user_id, came_at, zone)]
        amounts += [
            of_post(f"{user.user_id}-{index}", user.created_at) for index in range(POSTS_EACH)
        ]
        pending += [*amounts, of_picture(user.user_id, user.created_at)]
        if len(pending) > PENDING:
            sums, pending = total(sums, *pending), []
    for bucket, cells in total(sums, *pending).items():
        assert services.counters.repair(bucket, Tally({}, 0), cells)


def _row(reading: Reading) -> str:
    usage = reading.usage
    return (
        f"| {reading.name} | {reading.users:,} | {len(usage.calls)} | {usage.items} "
        f"| {usage.reads:g} |"
    )


if __name__ == "__main__":
    main()
