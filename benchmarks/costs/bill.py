"""A bill: amounts of what is priced, by service."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from benchmarks.costs.prices import Prices

# In the order in which tables show them.
SERVICES = (
    "API Gateway",
    "Lambda",
    "DynamoDB",
    "S3",
    "traffic",
    "GPU",
    "queues and clock",
    "watching",
    "secrets, mail, image",
)


@dataclass
class Bill:
    """Amounts add up before they are priced, because prices come in steps."""

    _amounts: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))

    def add(self, service: str, price: str, amount: float) -> None:
        if service not in SERVICES:
            raise LookupError(f"{service} is no service of the bill")
        self._amounts[service, price] += amount

    def include(self, other: Bill) -> None:
        for (service, price), amount in other._amounts.items():
            self.add(service, price, amount)

    def amount(self, price: str) -> float:
        return sum(each for (_, name), each in self._amounts.items() if name == price)

    def lines(self, prices: Prices, region: str) -> list[tuple[str, str, float, float]]:
        """Return service, price, amount and dollars of each, the dearest first."""
        priced = (
            (service, name, amount, self._share(prices, region, name, amount))
            for (service, name), amount in self._amounts.items()
            if amount
        )
        return sorted(priced, key=lambda line: (-line[3], line[0], line[1]))

    def by_service(self, prices: Prices, region: str) -> dict[str, float]:
        found = dict.fromkeys(SERVICES, 0.0)
        for service, _, _, dollars in self.lines(prices, region):
            found[service] += dollars
        return found

    def total(self, prices: Prices, region: str) -> float:
        return sum(self.by_service(prices, region).values())

    def free(self, prices: Prices, region: str) -> float:
        """Return how much of it AWS would take off if nothing else ran in the account."""
        names = {name for _, name in self._amounts}
        return sum(prices.free(name, self.amount(name), region) for name in names)

    def _share(self, prices: Prices, region: str, name: str, amount: float) -> float:
        """Return a service's part of what the whole amount costs."""
        whole = self.amount(name)
        return prices.of(name, whole, region) * amount / whole
