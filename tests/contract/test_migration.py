"""Expand, migrate, contract: a release reads the last one's rows while they are brought up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import boto3
import msgspec
import pytest

from deepstory.config import Settings
from deepstory.posts.entities import Post
from deepstory.posts.feeds import Feed
from deepstory.upkeep.backfill import Backfill, IdPage
from deepstory.upkeep.dynamodb import DynamoDBOldPosts, DynamoDBOldUsers
from deepstory.upkeep_services import UpkeepServices
from fakes.core import START, FixedClock
from fakes.posts import ZONE
from support.post_stores import POST

LONG = timedelta(minutes=10)
POSTS = 7
# What came with the release: an index's key, and a count.
NEW_ATTRIBUTES = ("public_id", "comment_count")


class Interrupted(Exception):
    """The Lambda was ended in the middle of a page."""


class CutShort:
    """Old posts, of which the process that completes them dies after so many."""

    def __init__(self, rows: DynamoDBOldPosts, *, after: int) -> None:
        self._rows = rows
        self._left = after

    def page(self, *, after: Any) -> IdPage:
        return self._rows.page(after=after)

    def complete(self, row_id: str) -> bool:
        if self._left == 0:
            raise Interrupted
        self._left -= 1
        return self._rows.complete(row_id)


@pytest.fixture
def services(settings: Settings) -> UpkeepServices:
    return UpkeepServices(settings)


def names() -> list[str]:
    return [f"p{number}" for number in range(POSTS)]


def rows() -> dict[str, dict[str, Any]]:
    found = boto3.resource("dynamodb").Table("posts").scan(ConsistentRead=True)["Items"]
    return {row["post_id"]: row for row in found}


def write_as_the_last_release_did(services: UpkeepServices) -> dict[str, dict[str, Any]]:
    """Return the rows as this release would have written them."""
    for name in names():
        services.post_repository.add(
            msgspec.structs.replace(
                POST, post_id=name, author_id="u1", visibility="public", created_at=START
            )
        )
    written = rows()
    table = boto3.resource("dynamodb").Table("posts")
    for name in names():
        table.update_item(
            Key={"post_id": name}, UpdateExpression=f"REMOVE {', '.join(NEW_ATTRIBUTES)}"
        )
    assert not any(set(NEW_ATTRIBUTES) & set(row) for row in rows().values())
    return written


def backfill(services: UpkeepServices, posts: Any) -> Backfill:
    """Return what the Lambda runs, over pages of two and its real checkpoint."""
    return Backfill(
        users=DynamoDBOldUsers("users", size=2),
        posts=posts,
        index=services.search_indexing,
        checkpoints=services._checkpoints("backfill"),
        clock=FixedClock(),
    )


def listed(services: UpkeepServices) -> list[str]:
    found = services.post_repository.entries(Feed("public_by_author", "u1"), limit=99, after=None)
    return sorted(entry.post_id for entry in found)


def test_rows_of_the_last_release_are_read_before_they_are_migrated(
    services: UpkeepServices,
) -> None:
    write_as_the_last_release_did(services)

    post: Post | None = services.post_repository.get("p3")
    assert post is not None
    assert (post.title, post.comment_count, post.visibility) == (POST.title, 0, "public")
    # The index of this release does not hold them yet; nothing else is missing.
    assert listed(services) == []


def test_migration_that_is_cut_short_and_resumed_ends_with_every_row_in_todays_form(
    services: UpkeepServices,
) -> None:
    written = write_as_the_last_release_did(services)
    old_posts = DynamoDBOldPosts("posts", zone=ZONE, size=2)

    with pytest.raises(Interrupted):
        backfill(services, CutShort(old_posts, after=3)).run(time_limit=LONG)
    assert len(listed(services)) == 3
    # Runs out of time after every page, as often as it takes.
    reports = [backfill(services, old_posts).run(time_limit=timedelta(0)) for _ in range(9)]

    (report,) = [each for each in reports if each]
    assert report.posts == POSTS - 3
    assert listed(services) == names()
    # The count came with a default: it may stay absent, and is read as none.
    assert {name: {**row, "comment_count": 0} for name, row in rows().items()} == written


def test_a_row_written_by_the_last_release_during_the_deployment_is_found_by_another_run(
    services: UpkeepServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_as_the_last_release_did(services)
    old_posts = DynamoDBOldPosts("posts", zone=ZONE, size=2)
    assert backfill(services, old_posts).run(time_limit=LONG)
    # A Lambda of the last release was still running when the walk had passed.
    boto3.resource("dynamodb").Table("posts").update_item(
        Key={"post_id": "p1"}, UpdateExpression="REMOVE public_id"
    )
    assert backfill(services, old_posts).run(time_limit=LONG) is None

    monkeypatch.setattr("deepstory.upkeep.backfill.NAME", "once-more")
    report = backfill(services, old_posts).run(time_limit=LONG)
    assert report is not None and report.posts == 1
    assert listed(services) == names()
