"""What the model server costs, from its running time and the price of its instances."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from deepstory.model_server.entities import ModelServer
from deepstory.model_server.usage import Meter, Usage

# Prices are given to the cent of a cent; more digits would only look exact.
_DIGITS = 4


class CostReport(msgspec.Struct, frozen=True, kw_only=True):
    """Dollars, of this month and for an hour.

    Attributes
    ----------
    month_usd : what ran while it was watched.
    unobserved_usd : what may have run besides, while nobody looked.
    usd_per_hour : what runs now.
    idle_usd_per_hour : what runs now although nothing has to be drawn.
    """

    month: str
    month_usd: float
    unobserved_usd: float
    instance_hours: float
    unobserved_hours: float
    last_month_usd: float
    usd_per_hour: float
    idle_usd_per_hour: float
    instance_type: str
    instance_usd_per_hour: float
    currency: str = "USD"


def cost_of(
    server: ModelServer, meter: Meter, *, instance_type: str, is_idle: bool, now: datetime
) -> CostReport:
    """Return what the server has cost so far and costs now."""
    month = meter.month_of(now)
    accounts = {account.month: account for account in server.usage}
    this = accounts.get(month, Usage(month=month))
    last_month = _before(month)
    last = accounts.get(last_month, Usage(month=last_month))
    burn = server.billed * meter.usd_per_hour
    return CostReport(
        month=month,
        month_usd=round(this.usd, _DIGITS),
        unobserved_usd=round(this.unseen_usd, _DIGITS),
        instance_hours=round(this.hours, _DIGITS),
        unobserved_hours=round(this.unseen_hours, _DIGITS),
        last_month_usd=round(last.usd, _DIGITS),
        usd_per_hour=round(burn, _DIGITS),
        idle_usd_per_hour=round(burn if is_idle else 0.0, _DIGITS),
        instance_type=instance_type,
        instance_usd_per_hour=round(meter.usd_per_hour, 6),
    )


def _before(month: str) -> str:
    first = datetime.strptime(month, "%Y-%m")
    return f"{first - timedelta(days=1):%Y-%m}"
