"""What the ancestor costs: one machine of each kind, always on, and more when one is busy."""

from __future__ import annotations

import math
from dataclasses import dataclass

from benchmarks.costs.assumptions import Assumptions, busiest_second
from benchmarks.costs.bill import Bill
from benchmarks.costs.deployment import HOURS
from benchmarks.costs.use import Use

_MACHINES = {
    "servers": "t3.medium",
    "GPUs": "g4dn.xlarge",
    "databases": "db.t3.medium",
    "caches": "cache.t3.small",
}


@dataclass(frozen=True)
class Machines:
    """How many of each run, day and night."""

    servers: int
    gpus: int
    databases: int
    caches: int

    @property
    def total(self) -> int:
        return self.servers + self.gpus + self.databases + self.caches


def machines(users: float, use: Use, assumed: Assumptions) -> Machines:
    """Return what the busiest second needs, and at least one of each."""
    each = assumed["ancestor"]
    requests = busiest_second(use.requests * users, assumed)
    queries = requests * each["queries_of_a_request"]
    drawing = busiest_second(use.pictures * users, assumed) / assumed["people"]["busiest_second"]
    return Machines(
        servers=_number(requests / each["requests_a_second_of_a_server"]),
        gpus=_number(drawing * each["seconds_of_a_picture"]),
        databases=_number(queries / each["queries_a_second_of_a_database"]),
        caches=_number(queries / each["requests_a_second_of_a_cache"]),
    )


def bill(users: float, use: Use, assumed: Assumptions, ours: Bill) -> Bill:
    """Return its month; it stores and sends as many pictures as we do."""
    found, count = Bill(), machines(users, use, assumed)
    numbers = (count.servers, count.gpus, count.databases, count.caches)
    for number, price in zip(numbers, _MACHINES.values(), strict=True):
        service = "GPU" if price.startswith("g4dn") else "Lambda"
        found.add(service, price, number * HOURS)
    disks = assumed["ancestor"]["disk_gigabytes"]
    found.add("S3", "disk_gb", disks * (count.servers + count.gpus))
    found.add("S3", "database_gb", disks * count.databases)
    found.add("traffic", "address_hour", HOURS * (count.servers + count.gpus))
    found.add("S3", "object_gb", ours.amount("object_gb"))
    found.add("S3", "object_read", ours.amount("object_read"))
    found.add("traffic", "traffic_gb", ours.amount("traffic_gb") + ours.amount("edge_gb"))
    return found


def _number(load: float) -> int:
    return max(1, math.ceil(load))
