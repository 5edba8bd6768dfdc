from __future__ import annotations

from datetime import UTC, datetime

import pytest

from deepstory.ids import created_at
from deepstory.posts.feeds import (
    Feed,
    FeedEntry,
    Period,
    buckets,
    from_position,
    own_feed,
    public_feed,
    rank,
    to_position,
)

SEOUL = "Asia/Seoul"


def test_rank_orders_by_likes_as_numbers_and_then_by_age() -> None:
    ranks = [rank(9, "b"), rank(10, "a"), rank(9, "a"), rank(1_000_000, "a"), rank(0, "c")]

    assert sorted(ranks, reverse=True) == [
        rank(1_000_000, "a"),
        rank(10, "a"),
        rank(9, "b"),
        rank(9, "a"),
        rank(0, "c"),
    ]


def test_buckets_are_those_of_the_zone() -> None:
    moment = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)

    assert buckets(moment, SEOUL) == {"day": "2026-12-01", "week": "2026-W49", "month": "2026-12"}
    assert buckets(moment, "UTC") == {"day": "2026-11-30", "week": "2026-W49", "month": "2026-11"}


def test_week_at_the_turn_of_the_year_belongs_to_its_iso_year() -> None:
    assert buckets(datetime(2027, 1, 1, 3, tzinfo=UTC), SEOUL)["week"] == "2026-W53"


@pytest.mark.parametrize(
    ("period", "first"),
    [("day", (2026, 11, 25, 15)), ("week", (2026, 11, 22, 15)), ("month", (2026, 10, 31, 15))],
)
def test_latest_of_a_period_begins_at_its_midnight(
    period: Period, first: tuple[int, int, int, int]
) -> None:
    thursday = datetime(2026, 11, 26, 3, tzinfo=UTC)

    feed = public_feed("latest", period, now=thursday, zone=SEOUL)

    assert created_at(feed.since) == datetime(*first, tzinfo=UTC)


def test_all_of_the_latest_has_no_beginning() -> None:
    now = datetime(2026, 11, 26, 3, tzinfo=UTC)

    assert public_feed("latest", "all", now=now, zone=SEOUL) == Feed("by_feed", "public")


def test_list_of_a_day_goes_on_after_midnight() -> None:
    today = public_feed("top", "day", now=datetime(2026, 11, 26, 14, tzinfo=UTC), zone=SEOUL)
    tomorrow = public_feed("top", "day", now=datetime(2026, 11, 26, 16, tzinfo=UTC), zone=SEOUL)
    entry = FeedEntry("p1", rank(3, "p1"))

    assert today != tomorrow
    assert from_position(tomorrow, to_position(today, entry)) == (today, entry)


def test_own_feed_is_the_authors() -> None:
    assert own_feed("u1") == Feed("by_author", "u1")
