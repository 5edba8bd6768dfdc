"""Likes of many people at once, counted from the stream of a real DynamoDB engine."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from deepstory.clock import SystemClock
from deepstory.config import Settings
from deepstory.dynamodb import connection
from deepstory.idempotency import DynamoDBIdempotencyRepository
from deepstory.ids import IdFactory
from deepstory.likes.dynamodb import DynamoDBLikeRepository
from deepstory.likes.service import LikeService
from deepstory.posts.dynamodb import DynamoDBPostRepository
from deepstory.posts.entities import Changes, Draft
from deepstory.posts.feeds import Feed
from deepstory.posts.reader import PostReader
from deepstory.posts.service import PostService
from deepstory.services import Services
from deepstory.stats.dynamodb import DynamoDBCounterRepository
from fakes.blocks import MemoryBlockRepository
from fakes.posts import ZONE, FakeAuthors, FakePictures, a_user
from support.streams import stream_of
from workers import like_counts

PEOPLE = 200


class Story:
    """The services of posts and likes over the tables of one test."""

    def __init__(self, settings: Settings) -> None:
        ids = IdFactory(SystemClock())
        authors, pictures = FakeAuthors(a_user("u1")), FakePictures()
        self.likes = DynamoDBLikeRepository(settings.likes_table)
        self.posts = DynamoDBPostRepository(
            posts_table=settings.posts_table,
            zone=ZONE,
            idempotency=DynamoDBIdempotencyRepository(settings.idempotency_table),
            counters=DynamoDBCounterRepository(settings.counters_table),
            connection=connection(),
        )
        reader = PostReader(
            posts=self.posts,
            authors=authors,
            blocks=MemoryBlockRepository(),
            likes=self.likes,
            pictures=pictures,
        )
        self.liking = LikeService(likes=self.likes, reader=reader, ids=ids)
        self.writing = PostService(
            posts=self.posts,
            reader=reader,
            authors=authors,
            pictures=pictures,
            clock=SystemClock(),
            ids=ids,
            zone=ZONE,
        )

    def write(self) -> str:
        draft = Draft(title="제목", text="글", visibility="public")
        return self.writing.write(author_id="u1", draft=draft).post.post_id

    def behave(self, post_id: str, number: int) -> bool:
        """Like and unlike a few times; return what the person is left with."""
        choice = random.Random(number)  # noqa: S311  # no secret
        state = None
        for _ in range(choice.randint(1, 2)):
            act = choice.choice([self.liking.like, self.liking.unlike])
            state = act(post_id=post_id, user_id=f"person {number}")
        return bool(state and state.liked)

    def edit(self, post_id: str) -> None:
        """Hide, publish and rename the post again and again, as its author."""
        for number in range(10):
            changes = Changes(
                visibility="private" if number % 2 == 0 else "public", title="새 제목"
            )
            self.posts.change(post_id, author_id="u1", changes=changes, now=SystemClock().now())


@pytest.fixture
def story(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Story:
    monkeypatch.setattr(like_counts, "services", lambda: Services(settings))
    return Story(settings)


def likes_in(client: Any, settings: Settings) -> int:
    return int(client.scan(TableName=settings.likes_table, Select="COUNT")["Count"])


def batches(records: list[dict[str, Any]], seed: int) -> Iterator[list[dict[str, Any]]]:
    """Cut the stream anew for each seed, repeating some of what came before a cut."""
    choice = random.Random(seed)  # noqa: S311  # no secret
    cuts = sorted({0, len(records), *choice.sample(range(len(records)), 12)})
    for start, end in pairwise(cuts):
        yield records[max(0, start - choice.randint(0, 30)) : end]


def deliver(records: list[dict[str, Any]], seed: int) -> None:
    context = SimpleNamespace(aws_request_id="request-1")
    for batch in batches(records, seed):
        assert like_counts.handler({"Records": batch}, context) == {"batchItemFailures": []}


def test_200_people_liking_and_unliking_one_post_are_counted_exactly(
    story: Story, settings: Settings
) -> None:
    post_id = story.write()
    with ThreadPoolExecutor(8) as people:
        liked = sum(people.map(lambda number: story.behave(post_id, number), range(PEOPLE)))
    records = stream_of(settings.likes_table)

    # Twice, in other batches, by two workers at once, while the author edits.
    with ThreadPoolExecutor(3) as workers:
        busy = [workers.submit(deliver, records, seed) for seed in (1, 2)]
        busy.append(workers.submit(story.edit, post_id))
        for done in busy:
            done.result()

    post = story.posts.get(post_id)
    assert post
    assert post.visibility == "public"
    assert 0 < liked < PEOPLE
    assert post.like_count == liked == likes_in(boto3.client("dynamodb"), settings)
    (entry,) = story.posts.entries(Feed("top_all", "public"), limit=9, after=None)
    assert entry.key == f"{liked:012}#{post_id}"
