"""Which counters a user, a post, a picture and a visit stand in.

The layout makes three things true at once (docs/adr/0007): a dashboard is read with a few queries
whose size does not depend on the number of users, every number is exact, and no item is written
by everybody. So a bucket is named after what never changes of the thing that it counts, by which
a recount finds it again, and after one of a few shards.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from deepstory.accounts.entities import Gender
from deepstory.stats.entities import Amounts, Bucket, Kind

USERS: Kind = "users"
POSTS: Kind = "posts"
PICTURES: Kind = "pictures"
BIRTH_YEARS = "birth_years"

# The one cell of counters that tell nothing apart.
ALL = "all"
# Two letters would double the size of what the age chart reads.
LETTERS: dict[Gender, str] = {"female": "f", "male": "m", "other": "o", "undisclosed": "u"}
GENDERS = {letter: gender for gender, letter in LETTERS.items()}

_SHARDS = 8
# Years and days of birth tell people apart already.
_BIRTH_SHARDS = 4


class Person(Protocol):
    """What of a user is counted."""

    @property
    def user_id(self) -> str: ...

    @property
    def birth_date(self) -> date: ...

    @property
    def gender(self) -> Gender: ...

    @property
    def created_at(self) -> datetime: ...


def counters_of(kind: Kind) -> list[str]:
    """Name all counters that things of a kind stand in."""
    if kind != "users":
        return [kind]
    days = [date(2000 + digit, month, 1) for digit in range(10) for month in range(1, 13)]
    return [USERS, BIRTH_YEARS, *map(birthdays, days)]


def of_user(user: Person) -> Amounts:
    """Return a user's counts: among the users of a month, and twice by birth date.

    The months of birth lie together by year, so that one query reads all years; the days of a
    month lie together with those of the years ten before and after, because at any time only the
    people who are about to turn ten, twenty, ... need to be told apart by day.
    """
    letter, born = LETTERS[user.gender], user.birth_date
    shard = _shard(user.user_id, _BIRTH_SHARDS)
    return {
        _by_month(USERS, user.user_id, user.created_at): {letter: 1},
        Bucket(BIRTH_YEARS, f"{born.year}#{shard}"): {f"{born.month:02}{letter}": 1},
        Bucket(birthdays(born), f"{born.year}#{shard}"): {f"{born.day:02}{letter}": 1},
    }


def of_post(post_id: str, created_at: datetime) -> Amounts:
    return {_by_month(POSTS, post_id, created_at): {ALL: 1}}


def of_picture(picture_id: str, created_at: datetime) -> Amounts:
    """Return a picture's count; only those that are ready are counted."""
    return {_by_month(PICTURES, picture_id, created_at): {ALL: 1}}


def of_visit(user_id: str, moment: datetime, zone: str) -> Amounts:
    local = moment.astimezone(ZoneInfo(zone))
    shard = str(_shard(user_id, _SHARDS))
    return {Bucket(visits(f"{local:%Y-%m}"), shard): {f"{local:%H}": 1}}


def visits(month: str) -> str:
    """Name the counter of a month's visits by hour of day."""
    return f"visits#{month}"


def birthdays(day: date) -> str:
    """Name the counter that tells apart the days of a month, for every tenth year."""
    return f"birthdays#{day.year % 10}#{day.month:02}"


def less(amounts: Amounts) -> Amounts:
    """Return what takes these back."""
    return {
        bucket: {cell: -amount for cell, amount in cells.items()}
        for bucket, cells in amounts.items()
    }


def total(*all_amounts: Amounts) -> Amounts:
    """Add up; what comes to nothing is left out."""
    sums: dict[Bucket, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for amounts in all_amounts:
        for bucket, cells in amounts.items():
            for cell, amount in cells.items():
                sums[bucket][cell] += amount
    kept = {bucket: {c: n for c, n in cells.items() if n} for bucket, cells in sums.items()}
    return {bucket: cells for bucket, cells in kept.items() if cells}


def moved(before: Person, after: Person) -> Amounts:
    """Return what a change of gender or birth date does to the counts."""
    return total(less(of_user(before)), of_user(after))


def _by_month(counter: str, identifier: str, created_at: datetime) -> Bucket:
    # A month that is over changes no more but by deletions, so that even a busy night's recount
    # finds most buckets as they were.
    month = created_at.astimezone(UTC)
    return Bucket(counter, f"{month:%Y-%m}#{_shard(identifier, _SHARDS)}")


def _shard(identifier: str, shards: int) -> int:
    return zlib.crc32(identifier.encode()) % shards
