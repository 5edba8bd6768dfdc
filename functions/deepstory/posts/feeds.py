"""The orders in which posts are listed, and where a post stands in each.

A public post belongs to the day, week and month in which it was created, in the service's time
zone, and stays there: publishing it later or again does not make it new, so no one climbs the
top of today with an old post. That is also its place among the latest.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from deepstory.clock import local_date
from deepstory.ids import first_id_at
from deepstory.paging import Position

Sort = Literal["latest", "top"]
Period = Literal["day", "week", "month", "all"]
Index = Literal[
    "by_author", "public_by_author", "by_feed", "top_day", "top_week", "top_month", "top_all"
]

PUBLIC_FEED = "public"
_RANK_DIGITS = 12
_TOP_INDEXES: dict[Period, Index] = {
    "day": "top_day",
    "week": "top_week",
    "month": "top_month",
    "all": "top_all",
}


class Feed(msgspec.Struct, frozen=True):
    """One list of posts, from the greatest key to the smallest.

    ``since`` is the smallest post id that belongs to it.
    """

    index: Index
    partition: str
    since: str = ""


class FeedEntry(msgspec.Struct, frozen=True):
    """A post's place in a feed: ``key`` is what the feed is ordered by."""

    post_id: str
    key: str


def own_feed(author_id: str) -> Feed:
    return Feed("by_author", author_id)


def author_feed(author_id: str) -> Feed:
    """Return what everyone may read of an author."""
    return Feed("public_by_author", author_id)


def public_feed(sort: Sort, period: Period, *, now: datetime, zone: str) -> Feed:
    """Return the feed of this day, week, month, or of all time."""
    if sort == "latest":
        return Feed("by_feed", PUBLIC_FEED, since=_first_id(period, now=now, zone=zone))
    partition = PUBLIC_FEED if period == "all" else buckets(now, zone)[period]
    return Feed(_TOP_INDEXES[period], partition)


def buckets(moment: datetime, zone: str) -> dict[Period, str]:
    """Return the names of the day, the ISO week and the month that hold the moment."""
    day = local_date(moment, zone)
    year, week, _ = day.isocalendar()
    return {"day": day.isoformat(), "week": f"{year}-W{week:02}", "month": f"{day:%Y-%m}"}


def rank(like_count: int, post_id: str) -> str:
    """Return the key of the top feeds: by likes, and the newer of equals is greater."""
    return f"{like_count:0{_RANK_DIGITS}}#{post_id}"


def to_position(feed: Feed, entry: FeedEntry) -> Position:
    """Return where a page ended; it names the partition, so that a day's list goes on tomorrow."""
    return {
        "partition": feed.partition,
        "since": feed.since,
        "post_id": entry.post_id,
        "key": entry.key,
    }


def from_position(feed: Feed, position: Position) -> tuple[Feed, FeedEntry]:
    """Return the feed as it was when the page ended, and the page's last entry."""
    resumed = Feed(feed.index, position["partition"], position["since"])
    return resumed, FeedEntry(position["post_id"], position["key"])


def _first_id(period: Period, *, now: datetime, zone: str) -> str:
    day = local_date(now, zone)
    if period == "all":
        return ""
    if period == "week":
        day -= timedelta(days=day.weekday())
    if period == "month":
        day = day.replace(day=1)
    return first_id_at(datetime.combine(day, time.min, ZoneInfo(zone)))
