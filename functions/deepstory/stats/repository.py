"""What the statistics need from storage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from deepstory.limits import Limit
from deepstory.stats.entities import Amounts, Cells


class CounterRepository(Protocol):
    def read(self, counter: str) -> Mapping[str, Cells]:
        """Return the cells of all buckets of a counter by name, consistently."""


class VisitRepository(Protocol):
    def count_once(self, amounts: Amounts, limit: Limit) -> bool:
        """Add to the counters and use the limit up, or do neither; False if it is used up."""
