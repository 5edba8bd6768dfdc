"""What the statistics need from storage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from deepstory.limits import Limit
from deepstory.paging import Position
from deepstory.stats.entities import Amounts, Bucket, Cells, CensusPage, Kind, Tally


class CounterRepository(Protocol):
    def read(self, counter: str) -> Mapping[str, Cells]:
        """Return the cells of all buckets of a counter by name, consistently."""


class TallyRepository(Protocol):
    """Counters as a recount sees them."""

    def tallies(self, counter: str) -> Mapping[str, Tally]:
        """Return all buckets of a counter by name, consistently."""

    def repair(self, bucket: Bucket, tally: Tally, cells: Cells) -> bool:
        """Make the cells hold what they should; False if the bucket is no longer the tally."""


class Census(Protocol):
    def page(self, kind: Kind, *, after: Position | None) -> CensusPage:
        """Look at the next things of a kind, consistently, in an order that does not change."""


class Checkpoints(Protocol):
    def load(self) -> bytes | None:
        """Return what was saved last, None if there is nothing."""

    def save(self, content: bytes) -> None:
        """Keep the content in place of the one before: afterwards it is the one or the other."""


class VisitRepository(Protocol):
    def count_once(self, amounts: Amounts, limit: Limit) -> bool:
        """Add to the counters and use the limit up, or do neither; False if it is used up."""
