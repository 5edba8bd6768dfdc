"""The whole month of a number of users."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.costs import ancestor, assumptions, gpu, measured, prices, rest
from benchmarks.costs.bill import Bill
from benchmarks.costs.deployment import Deployment
from benchmarks.costs.use import Use

USERS = (100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000)


@dataclass(frozen=True)
class Model:
    """One deployment, what is assumed and what is measured, and the prices."""

    deployment: Deployment
    assumed: assumptions.Assumptions
    prices: prices.Prices
    use: Use

    def rest(self) -> Bill:
        return rest.at_rest(self.deployment, self.assumed)

    def fleet(self, instance_type: str | None = None, batch: int | None = None) -> gpu.Fleet:
        return gpu.Fleet(
            self.assumed,
            instance_type or self.deployment.instance_type,
            batch=batch or self.assumed["gpu"]["default_batch"],
        )

    def month(self, users: float) -> Bill:
        """Return the bill: rest, use and GPU."""
        bill = self.rest()
        bill.include(self.use.bill(users))
        if self.deployment.has_model:
            hours = self.fleet().hours(self.use.pictures * users)
            bill.add("GPU", self.deployment.instance_type, hours)
        return bill

    def ancestor(self, users: float) -> Bill:
        return ancestor.bill(users, self.use, self.assumed, self.month(users))


def of(deployment: Deployment) -> Model:
    assumed = assumptions.load()
    return Model(deployment, assumed, prices.load(), Use(deployment, assumed, measured.load()))
