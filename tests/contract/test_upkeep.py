"""Upkeep over a real DynamoDB engine and a real bucket: pages, conditions, rows in old forms."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import boto3
import msgspec
import pytest

from deepstory.config import Settings
from deepstory.likes.entities import Like
from deepstory.pictures.entities import Drawn, Picture
from deepstory.posts.counters import like_counters
from deepstory.posts.entities import Post
from deepstory.posts.feeds import Feed
from deepstory.secret_diaries.counters import entry_like_counters
from deepstory.secret_diaries.entities import entry_key
from deepstory.stats.service import StatsService
from deepstory.upkeep.backfill import Backfill
from deepstory.upkeep.counts import CountVerification, Kind
from deepstory.upkeep.dynamodb import (
    DynamoDBOldPosts,
    DynamoDBOldUsers,
    DynamoDBPictureRows,
    DynamoDBPostCounts,
    DynamoDBSecretEntryCounts,
)
from deepstory.upkeep.s3 import S3Objects
from deepstory.upkeep.sweeping import PictureSweep
from deepstory.upkeep_services import UpkeepServices
from fakes.core import START, FixedClock
from fakes.pictures import a_picture
from fakes.posts import ZONE, a_user
from fakes.stats import MemoryCheckpoints
from support.post_stores import POST
from support.sessions import a_session

LONG = timedelta(minutes=10)
KEY = "{:040x}".format


@pytest.fixture
def services(settings: Settings, account: str) -> UpkeepServices:
    # Names of buckets are nobody's alone.
    bucket = f"pictures-{account}"
    boto3.client("s3").create_bucket(Bucket=bucket)
    return UpkeepServices(replace(settings, pictures_bucket=bucket))


def item(table: str, **key: str) -> Any:
    return boto3.resource("dynamodb").Table(table).get_item(Key=key)["Item"]


def strip(table: str, key: dict[str, str], *attributes: str) -> None:
    """Turn a row into the form in which it lacked these."""
    names = {f"#{number}": name for number, name in enumerate(attributes)}
    boto3.resource("dynamodb").Table(table).update_item(
        Key=key,
        UpdateExpression=f"REMOVE {', '.join(names)}",
        ExpressionAttributeNames=names,
    )


class TestCounts:
    def verification(
        self, services: UpkeepServices, clock: FixedClock, checkpoints: MemoryCheckpoints
    ) -> CountVerification:
        posts_table = services.settings.posts_table
        return CountVerification(
            counts=DynamoDBPostCounts(posts_table, size=2),
            kinds={"likes": Kind(like_counters(posts_table), services.like_repository)},
            checkpoints=checkpoints,
            clock=clock,
            zone=ZONE,
            sleep=lambda seconds: None,
        )

    def test_wrong_counts_are_repaired_and_rank_again(self, services: UpkeepServices) -> None:
        posts = [a_post(f"p{number}") for number in range(5)]
        for post in posts:
            services.post_repository.add(post)
            for number in range(3):
                services.like_repository.add(
                    Like(post_id=post.post_id, user_id=f"u{number}", liked_id=f"l{number}")
                )
        counters = like_counters(services.settings.posts_table)
        for post_id, count in (("p0", 3), ("p1", 9), ("p2", 3), ("p3", 3)):
            counter = counters.get(post_id)
            assert counter
            assert counters.replace(counter, count=count, last_sequence=7)
        clock, checkpoints = FixedClock(), MemoryCheckpoints()
        for _ in range(26):
            report = self.verification(services, clock, checkpoints).run(time_limit=LONG)
            clock.advance(hours=1)

        assert (report.repaired, report.drift, report.suspects) == (2, 6 + 3, 0)
        stored = services.post_repository.get_many([post.post_id for post in posts])
        assert {post.like_count for post in stored.values()} == {3}
        # One of them had its changes counted up to the seventh, the other none ever.
        assert {post_id: last(counters, post_id) for post_id in ("p1", "p4")} == {"p1": 7, "p4": -1}
        top = services.post_repository.entries(Feed("top_all", "public"), limit=9, after=None)
        assert [entry.key.split("#")[0] for entry in top] == [top[0].key.split("#")[0]] * 5

    def test_wrong_counts_of_secret_entries_are_repaired(self, services: UpkeepServices) -> None:
        table = boto3.resource("dynamodb").Table("secret_entries")
        entries = [(f"d{number % 3}", f"e{number}") for number in range(5)]
        for diary_id, entry_id in entries:
            table.put_item(
                Item={"diary_id": diary_id, "entry_id": entry_id, "author_id": "u0"}
                | {"like_count": 1, "comment_count": 0}
            )
            services.like_repository.add(
                Like(post_id=entry_key(diary_id, entry_id), user_id="u1", liked_id="l1")
            )
        wrong = entry_key(*entries[3])
        counters = entry_like_counters("secret_entries")
        before = counters.get(wrong)
        assert before
        assert counters.replace(before, count=4, last_sequence=7)
        clock, checkpoints = FixedClock(), MemoryCheckpoints()
        for _ in range(26):
            made = CountVerification(
                counts=DynamoDBSecretEntryCounts("secret_entries", size=2),
                kinds={"likes": Kind(counters, services.like_repository)},
                checkpoints=checkpoints,
                clock=clock,
                zone=ZONE,
                sleep=lambda seconds: None,
            )
            report = made.run(time_limit=LONG)
            clock.advance(hours=1)

        assert (report.repaired, report.drift, report.suspects) == (1, 3, 0)
        found = [counters.get(entry_key(*place)) for place in entries]
        assert [each.count for each in found if each] == [1] * 5

    def test_each_verification_keeps_its_own_checkpoint(self, services: UpkeepServices) -> None:
        clock = FixedClock()
        services.clock = clock  # type: ignore[assignment]  # a fake
        services.post_repository.add(a_post("p0"))

        assert services.secret_count_verification.run(time_limit=LONG).is_over
        assert services.count_verification.run(time_limit=LONG).looked_at == 1


def a_post(post_id: str, **changes: Any) -> Post:
    return msgspec.structs.replace(POST, post_id=post_id, **changes)


def last(counters: Any, post_id: str) -> int:
    return int(counters.get(post_id).last_sequence)


class TestSweep:
    def sweep(self, services: UpkeepServices, now: datetime) -> PictureSweep:
        clock = FixedClock(now)
        return PictureSweep(
            objects=S3Objects(services.client("s3"), services.settings.pictures_bucket, size=2),
            rows=DynamoDBPictureRows(
                services.settings.pictures_table,
                pictures=services.picture_repository,
                clock=clock,
                size=2,
            ),
            checkpoints=MemoryCheckpoints(),
            clock=clock,
            zone="UTC",
        )

    def draw(self, services: UpkeepServices, number: int, *, objects: bool = True) -> Picture:
        waiting = a_picture(f"p{number}", file_key=KEY(number))
        queued = waiting.claimed(START, lease=timedelta(minutes=1))
        ready = queued.finished(Drawn(width=64, height=64, dominant_color="#cc2211"))
        services.picture_repository.add([waiting])
        services.picture_repository.replace(waiting, queued)
        services.picture_repository.replace(queued, ready)
        if objects:
            services.picture_files.keep(ready, image=b"png", thumbnail=b"webp")
        return ready

    def test_orphans_go_and_lost_pictures_wait_again(self, services: UpkeepServices) -> None:
        kept = [self.draw(services, number) for number in range(4)]
        lost = self.draw(services, 4, objects=False)
        orphan = a_picture("gone", file_key=KEY(99))
        services.picture_files.keep(orphan, image=b"png", thumbnail=b"webp")
        s3 = services.client("s3")
        bucket = services.settings.pictures_bucket
        s3.put_object(Bucket=bucket, Key="async-output/left.out", Body=b"png")
        # The objects are written now, by the engine's own clock.
        later = services.clock.now().replace(hour=12) + timedelta(days=10)

        report = self.sweep(services, later).run(time_limit=LONG)

        assert report is not None
        assert (report.objects, report.rows, report.orphaned, report.removed) == (10, 5, 2, 2)
        assert (report.lost, report.redrawn, report.outputs) == (1, 1, 1)
        left = {each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]}
        assert left == {key for p in kept for key in (p.image_key, p.thumbnail_key)}
        again = services.picture_repository.get(lost.picture_id)
        assert again is not None
        assert (again.status, again.seed, again.file_key) == ("waiting", lost.seed, lost.file_key)
        assert services.picture_repository.queued_ids("waiting", limit=9) == [lost.picture_id]
        stats = StatsService(counters=services.counters, clock=FixedClock(), zone=ZONE)
        assert stats.overview().pictures == 4

    def test_young_objects_stay(self, services: UpkeepServices) -> None:
        orphan = a_picture("gone", file_key=KEY(99))
        services.picture_files.keep(orphan, image=b"png", thumbnail=b"webp")
        soon = services.clock.now().replace(hour=12) + timedelta(days=1)

        report = self.sweep(services, soon).run(time_limit=LONG)

        assert report is not None
        assert (report.objects, report.orphaned) == (2, 0)


class TestBackfill:
    def backfill(self, services: UpkeepServices, checkpoints: MemoryCheckpoints) -> Backfill:
        settings = services.settings
        return Backfill(
            users=DynamoDBOldUsers(settings.users_table, size=2),
            posts=DynamoDBOldPosts(settings.posts_table, zone=ZONE, size=2),
            index=services.search_indexing,
            checkpoints=checkpoints,
            clock=FixedClock(),
        )

    def test_people_from_before_the_directory_are_found_in_it(
        self, services: UpkeepServices
    ) -> None:
        for number in range(5):
            user = a_user(f"u{number}", name=f"Ｍina {number}")
            services.users.add(user, a_session(user.user_id))
        before = {f"u{n}": item("users", user_id=f"u{n}") for n in range(5)}
        for number in range(3):
            strip("users", {"user_id": f"u{number}"}, "directory", "name_key")
        found = services.user_directory.entries("by_name", prefix="mina", limit=9, after=None)
        assert [entry.user_id for entry in found] == ["u3", "u4"]

        report = self.backfill(services, MemoryCheckpoints()).run(time_limit=LONG)

        assert report is not None and report.users == 3
        assert {f"u{n}": item("users", user_id=f"u{n}") for n in range(5)} == before

    def test_posts_from_before_search_and_author_pages_are_found(
        self, services: UpkeepServices
    ) -> None:
        for number in range(5):
            services.post_repository.add(a_post(f"p{number}"))
        before = {f"p{n}": item("posts", post_id=f"p{n}") for n in range(5)}
        for number in range(3):
            strip("posts", {"post_id": f"p{number}"}, "public_id", "comment_count")
        # Nobody's to find: private, and hidden by an administrator.
        services.post_repository.add(a_post("q0", visibility="private"))
        services.post_repository.add(a_post("q1"))
        services.post_repository.set_hidden("q1", hidden=True)
        checkpoints = MemoryCheckpoints()

        report = self.backfill(services, checkpoints).run(time_limit=LONG)

        assert report is not None
        assert (report.posts, report.indexed) == (3, 5)
        for name, old in before.items():
            assert item("posts", post_id=name) == old or name in ("p0", "p1", "p2")
            assert {**item("posts", post_id=name), "comment_count": 0} == old
        listed = services.post_repository.entries(
            Feed("public_by_author", "u1"), limit=9, after=None
        )
        assert [entry.post_id for entry in listed] == ["p4", "p3", "p2", "p1", "p0"]
        state = services.index_state_repository.get("p0")
        assert state.terms and not state.is_pending
        assert not services.index_state_repository.get("q0").terms
        assert not services.index_state_repository.get("q1").terms
        assert self.backfill(services, checkpoints).run(time_limit=LONG) is None
        again = self.backfill(services, MemoryCheckpoints()).run(time_limit=LONG)
        assert again is not None
        assert (again.users, again.posts, again.indexed) == (0, 0, 0)

    def test_edit_that_comes_first_is_not_undone(self, services: UpkeepServices) -> None:
        services.post_repository.add(a_post("p1"))
        strip("posts", {"post_id": "p1"}, "public_id")
        rows = DynamoDBOldPosts(services.settings.posts_table, zone=ZONE)
        get = rows._posts.get

        def hide_meanwhile(*args: Any, **options: Any) -> Any:
            found = get(*args, **options)
            services.post_repository.set_hidden("p1", hidden=True)
            return found

        rows._posts.get = hide_meanwhile  # type: ignore[method-assign]  # interferes

        assert not rows.complete("p1")
        assert "public_id" not in item("posts", post_id="p1")
