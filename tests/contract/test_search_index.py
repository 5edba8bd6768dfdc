"""Searching what a real DynamoDB engine's stream tells of posts."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from deepstory.config import Settings
from deepstory.counting import Change
from deepstory.posts.entities import Changes, Draft, Visibility
from deepstory.search.dynamodb import DynamoDBPostingRepository
from deepstory.search.terms import terms_of
from deepstory.services import Services
from fakes.posts import FakeAuthors, a_user
from support.streams import stream_of
from workers import search_index


class Story:
    """The services of a worker and of the API over the tables of one test, and one author."""

    def __init__(self, settings: Settings) -> None:
        self.services = Services(settings)
        self.services.accounts = FakeAuthors(a_user("u1"))  # type: ignore[assignment]  # a fake
        self.postings_table = settings.postings_table

    def publish(self, title: str, *tags: str, visibility: Visibility = "public") -> str:
        draft = Draft(title=title, text="글", tags=tags, visibility=visibility)
        details = self.services.posts.write(author_id="u1", draft=draft)
        return details.post.post_id

    def edit(self, post_id: str, **changes: Any) -> None:
        self.services.posts.edit(post_id=post_id, author_id="u1", changes=Changes(**changes))

    def find(self, text: str | None = None, *, tag: str | None = None, **options: Any) -> list[str]:
        found: list[str] = []
        arguments: dict[str, Any] = {"sort": "latest", "period": "all", "viewer_id": None}
        arguments |= {"limit": 3} | options
        while True:
            page = self.services.search.find(text=text, tag=tag, **arguments)
            found += [details.post.post_id for details in page.items]
            if page.next is None:
                return found
            arguments["position"] = page.next

    def postings(self) -> set[tuple[str, str]]:
        """Return every term and post of the index."""
        pages = boto3.client("dynamodb").get_paginator("scan")
        return {
            (item["term"]["S"], item["post_id"]["S"])
            for page in pages.paginate(TableName=self.postings_table)
            for item in page["Items"]
        }


@pytest.fixture
def story(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Story:
    story = Story(settings)
    monkeypatch.setattr(search_index, "services", lambda: story.services)
    return story


def deliver(records: list[dict[str, Any]]) -> None:
    context = SimpleNamespace(aws_request_id="request-1")
    assert search_index.handler({"Records": records}, context) == {"batchItemFailures": []}


def test_stream_delivered_three_times_shuffled_with_a_crash_gives_the_right_index(
    story: Story, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = [story.publish(f"바다에 간 날 {number}", "바다", "Sea") for number in range(6)]
    story.publish("바다", visibility="private")
    deliver(stream_of(settings.posts_table))
    assert story.find("바다") == story.find(tag="#SEA") == posts[::-1]

    story.edit(posts[0], title="산에 간 날", tags=("산",))
    story.edit(posts[1], visibility="private")
    story.services.posts.delete(post_id=posts[2], author_id="u1")
    # Before the index knows.
    assert story.find("바다") == story.find(tag="바다", sort="top") == posts[:2:-1]
    records = stream_of(settings.posts_table)

    with monkeypatch.context() as crashing:
        crashing.setattr(DynamoDBPostingRepository, "remove", _crash)
        with pytest.raises(SystemExit):
            deliver(records)
    for seed in range(3):
        shuffled = random.Random(seed).sample(records, len(records))  # noqa: S311  # no secret
        for start in range(0, len(shuffled), 4):
            deliver(shuffled[start : start + 4])

    assert story.find("바다") == story.find(tag="바다") == posts[:2:-1]
    assert story.find("산") == story.find(tag="산", sort="top") == [posts[0]]
    left = story.services.post_repository.get_many([posts[0], *posts[3:]]).values()
    wanted = {(term, post.post_id) for post in left for term in terms_of(post)}
    assert story.postings() == wanted


def _crash(*_: Any, **__: Any) -> None:
    raise SystemExit


def test_likes_move_a_post_within_its_tag(story: Story, settings: Settings) -> None:
    first, second = story.publish("하나", "눈"), story.publish("둘", "눈")
    deliver(stream_of(settings.posts_table))
    assert story.find(tag="눈", sort="top") == [second, first]

    story.services.like_counting.count(counted_id=first, changes=[Change(1, 1)])
    deliver(stream_of(settings.posts_table))

    assert story.find(tag="눈", sort="top") == [first, second]
