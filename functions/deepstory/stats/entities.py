"""Counters, and what the dashboard makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import msgspec

from deepstory.paging import Position

# What the totals are of, and what a recount looks through.
Kind = Literal["users", "posts", "pictures"]


class Bucket(NamedTuple):
    """One item of counters: ``counter`` is what is read at once, ``name`` an item of it."""

    counter: str
    name: str


# The numbers of a bucket by cell; a cell that is missing stands for zero.
Cells = Mapping[str, int]
# What a change adds, by bucket and cell.
Amounts = Mapping[Bucket, Cells]


class Tally(msgspec.Struct, frozen=True):
    """What a bucket holds; ``version`` grows with every change of it, and is 0 before the first."""

    cells: Cells
    version: int


class CensusPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some things as they should be counted; ``next`` is None exactly when none follow."""

    number: int
    amounts: Amounts
    next: Position | None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a recount of one kind found.

    Attributes
    ----------
    number : how many things there were.
    checked : buckets that nobody changed meanwhile, so that they could be compared.
    changed : buckets that were; the next recount looks at them again.
    repaired : buckets that did not hold what they should, and do now.
    drift : by how much those were wrong, all cells together.
    """

    kind: Kind
    number: int
    checked: int
    changed: int
    repaired: int
    drift: int


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    users: int
    posts: int
    pictures: int


class GenderCounts(msgspec.Struct, kw_only=True):
    female: int = 0
    male: int = 0
    other: int = 0
    undisclosed: int = 0


class AgeBand(msgspec.Struct, frozen=True, kw_only=True):
    """The people of ten years of age, or of all above: ``0s``, ``10s``, ... ``80+``."""

    band: str
    genders: GenderCounts
