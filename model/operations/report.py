"""What a probe measured, for people and for programs."""

import json
import math
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from model.operations.errors import ProbeError

_SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Report:
    """Times in seconds. ``usd_per_picture`` is the price of an instance's time for one picture."""

    endpoint: str
    pictures: int
    cold_start_seconds: float | None
    p50_seconds: float
    p95_seconds: float
    pictures_per_minute: float
    instances: int
    usd_per_hour: float | None
    usd_per_picture: float | None

    def json(self) -> str:
        return json.dumps(asdict(self), indent=1)

    def text(self) -> str:
        cold = "none, it was running"
        if self.cold_start_seconds is not None:
            cold = f"{self.cold_start_seconds:.1f} s"
        cost = "unknown, give --price or --prices"
        if self.usd_per_picture is not None:
            cost = f"${self.usd_per_picture:.6f} at ${self.usd_per_hour} an hour"
        return (
            f"{self.endpoint}: {self.pictures} pictures on {self.instances} instances\n"
            f"  cold start        {cold}\n"
            f"  latency           p50 {self.p50_seconds:.2f} s, p95 {self.p95_seconds:.2f} s\n"
            f"  throughput        {self.pictures_per_minute:.1f} pictures a minute\n"
            f"  cost per picture  {cost}"
        )


def make(
    endpoint: str,
    times: list[float],
    elapsed: float,
    cold: float | None,
    instances: int,
    price: Decimal | None,
) -> Report:
    """Add up what was measured on a running server; ``elapsed`` is the time for all pictures."""
    cost = None
    if price is not None:
        cost = float(price) * instances * elapsed / _SECONDS_PER_HOUR / len(times)
    return Report(
        endpoint=endpoint,
        pictures=len(times),
        cold_start_seconds=cold,
        p50_seconds=percentile(times, 50),
        p95_seconds=percentile(times, 95),
        pictures_per_minute=60 * len(times) / elapsed,
        instances=instances,
        usd_per_hour=None if price is None else float(price),
        usd_per_picture=cost,
    )


def percentile(values: list[float], percent: int) -> float:
    """Return the smallest value that so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def price_of(instance_type: str, table: Path) -> Decimal:
    """Return an hour's price from a JSON object of instance types."""
    try:
        prices = json.loads(table.read_bytes())
        return Decimal(str(prices[instance_type]))
    except (OSError, ValueError, TypeError, KeyError, InvalidOperation) as error:
        raise ProbeError(f"{table} gives no price of {instance_type}: {error!r}") from None
