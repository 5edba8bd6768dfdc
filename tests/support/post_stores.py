"""Stores of posts and of their like counters, in memory and on a real engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from deepstory.counting import CounterRepository
from deepstory.dynamodb import connection
from deepstory.idempotency import (
    DynamoDBIdempotencyRepository,
    IdempotencyRecord,
)
from deepstory.posts.counters import PostCounter, comment_counters, like_counters
from deepstory.posts.dynamodb import DynamoDBPostRepository
from deepstory.posts.entities import Post
from deepstory.posts.feeds import Feed
from deepstory.posts.repository import PostRepository
from deepstory.stats.dynamodb import DynamoDBCounterRepository
from fakes.core import START
from fakes.posts import ZONE, MemoryPostRepository

POST = Post(
    post_id="p1",
    author_id="u1",
    title="첫눈",
    text="눈이 왔다.\n오래 걸었다.",
    picture_id=None,
    diary_date=date(2026, 11, 22),
    weather="snowy",
    mood=None,
    tags=("눈", "walk"),
    visibility="public",
    sensitive=False,
    like_count=0,
    created_at=START,
    updated_at=START,
)
RECORD = IdempotencyRecord(key="claim", fingerprint="k1:f", answer="p1", expires_at=2_000_000_000)
LATER = START + timedelta(hours=1)
LATEST = Feed("by_feed", "public")
TOP = Feed("top_all", "public")

Counters = CounterRepository[PostCounter]
Stores = tuple[PostRepository, Counters, Counters]


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        memory = MemoryPostRepository()
        return memory, memory.counters, memory.comment_counters
    posts_table = request.getfixturevalue("settings").posts_table
    return dynamodb_posts(posts_table), like_counters(posts_table), comment_counters(posts_table)


def dynamodb_posts(posts_table: str) -> DynamoDBPostRepository:
    return DynamoDBPostRepository(
        posts_table=posts_table,
        zone=ZONE,
        idempotency=DynamoDBIdempotencyRepository("idempotency"),
        counters=DynamoDBCounterRepository("counters"),
        connection=connection(),
    )


@pytest.fixture
def posts(stores: Stores) -> PostRepository:
    return stores[0]


@pytest.fixture
def counters(stores: Stores) -> Counters:
    """Count likes."""
    return stores[1]


@pytest.fixture
def counters_of_comments(stores: Stores) -> Counters:
    return stores[2]


def ids(posts: PostRepository, feed: Feed) -> list[str]:
    return [entry.post_id for entry in posts.entries(feed, limit=100, after=None)]


def set_count(counters: Counters, post_id: str, count: int, sequence: int = 1) -> bool:
    counter = counters.get(post_id)
    assert counter
    return counters.replace(counter, count=count, last_sequence=sequence)


def walk(posts: PostRepository, feed: Feed, *, step: int) -> Iterator[str]:
    after = None
    while True:
        entries = posts.entries(feed, limit=step, after=after)
        yield from (entry.post_id for entry in entries)
        if len(entries) < step:
            return
        after = entries[-1]
