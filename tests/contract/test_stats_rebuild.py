"""The recount over a real DynamoDB engine: its pages, its checkpoints, its repairs."""

from __future__ import annotations

import random
from datetime import date, timedelta

import boto3
import pytest
from msgspec.structs import asdict

from deepstory.config import Settings
from deepstory.paging import Position
from deepstory.pictures.entities import Drawn
from deepstory.services import Services
from deepstory.stats.census import DynamoDBCensus
from deepstory.stats.checkpoints import PART_BYTES, DynamoDBCheckpoints
from deepstory.stats.counting import of_picture, of_post, of_user, total
from deepstory.stats.dynamodb import DynamoDBCounterRepository
from deepstory.stats.entities import Bucket, Kind, Tally
from deepstory.stats.rebuild import StatsRebuild
from deepstory.stats.repository import Checkpoints, TallyRepository
from deepstory.stats.service import StatsService
from fakes.core import START, FixedClock
from fakes.pictures import a_picture
from fakes.posts import ZONE
from fakes.stats import MemoryCheckpoints, MemoryCounterRepository
from support.people import bands_of, people
from support.post_stores import POST
from support.sessions import a_session

TODAY = date(2026, 11, 22)
BUCKET = Bucket("posts", "2026-11#1")


@pytest.fixture(params=["memory", "dynamodb"])
def checkpoints(request: pytest.FixtureRequest) -> Checkpoints:
    if request.param == "memory":
        return MemoryCheckpoints()
    return DynamoDBCheckpoints(request.getfixturevalue("settings").counters_table, "test")


@pytest.fixture(params=["memory", "dynamodb"])
def counters(request: pytest.FixtureRequest) -> TallyRepository:
    if request.param == "memory":
        return MemoryCounterRepository()
    return DynamoDBCounterRepository(request.getfixturevalue("settings").counters_table)


class TestCheckpoints:
    def test_nothing_is_there_at_first(self, checkpoints: Checkpoints) -> None:
        assert checkpoints.load() is None

    @pytest.mark.parametrize("size", [0, 1, PART_BYTES, 3 * PART_BYTES + 7])
    def test_what_was_saved_last_is_loaded(self, checkpoints: Checkpoints, size: int) -> None:
        content = random.Random(size).randbytes(size)  # noqa: S311  # cannot be compressed
        checkpoints.save(b"before")
        checkpoints.save(content)

        assert checkpoints.load() == content


class TestTallies:
    def test_bucket_is_made_only_where_there_is_none(self, counters: TallyRepository) -> None:
        assert counters.repair(BUCKET, Tally({}, 0), {"all": 3})
        assert not counters.repair(BUCKET, Tally({}, 0), {"all": 4})

        assert counters.tallies("posts") == {BUCKET.name: Tally({"all": 3}, 1)}

    def test_bucket_is_repaired_only_over_the_version_that_was_seen(
        self, counters: TallyRepository
    ) -> None:
        counters.repair(BUCKET, Tally({}, 0), {"a": 3, "b": 4})
        seen = counters.tallies("posts")[BUCKET.name]

        assert counters.repair(BUCKET, seen, {"b": 5, "c": 6})
        assert not counters.repair(BUCKET, seen, {"b": 9})

        assert counters.tallies("posts") == {BUCKET.name: Tally({"b": 5, "c": 6}, 2)}


@pytest.fixture
def services(settings: Settings) -> Services:
    return Services(settings)


def census(settings: Settings, size: int) -> DynamoDBCensus:
    return DynamoDBCensus(
        users_table=settings.users_table,
        posts_table=settings.posts_table,
        pictures_table=settings.pictures_table,
        size=size,
    )


def test_pages_hold_each_thing_once(services: Services, settings: Settings) -> None:
    users = list(people(23, seed=1, today=TODAY))
    for user in users:
        services.users.add(user, a_session(user.user_id))
    pages = census(settings, 5)
    seen = []
    after: Position | None = None
    while True:
        page = pages.page("users", after=after)
        seen.append(page)
        after = page.next
        if after is None:
            break

    assert sum(page.number for page in seen) == 23
    assert total(*(p.amounts for p in seen)) == total(*(of_user(user) for user in users))


def test_posts_and_only_finished_pictures_are_seen(services: Services, settings: Settings) -> None:
    services.post_repository.add(POST)
    waiting, other = a_picture("p1"), a_picture("p2")
    services.picture_repository.add([waiting, other])
    queued = waiting.claimed(START, lease=timedelta(minutes=1))
    services.picture_repository.replace(waiting, queued)
    drawn = Drawn(width=64, height=64, dominant_color="#cc2211")
    services.picture_repository.replace(queued, queued.finished(drawn))
    pages = census(settings, 10)

    posts, pictures = (pages.page(kind, after=None) for kind in ("posts", "pictures"))

    assert (posts.number, posts.amounts) == (1, of_post(POST.post_id, POST.created_at))
    assert (pictures.number, pictures.amounts) == (1, of_picture("p1", waiting.created_at))


def test_damage_is_repaired_while_people_go_on(services: Services, settings: Settings) -> None:
    users = list(people(30, seed=4, today=TODAY))
    for user in users[:25]:
        services.users.add(user, a_session(user.user_id))
    table = boto3.resource("dynamodb").Table(settings.counters_table)
    _damage(table)
    pages, clock, newcomers = census(settings, 6), FixedClock(), iter(users[25:])

    class Busy:
        def page(self, kind: Kind, *, after: Position | None):  # type: ignore[no-untyped-def]  # as the original
            newcomer = next(newcomers, None)
            if newcomer:
                services.users.add(newcomer, a_session(newcomer.user_id))
            return pages.page(kind, after=after)

    rebuild = StatsRebuild(
        census=Busy(),
        counters=services.counters,
        checkpoints=DynamoDBCheckpoints(settings.counters_table, "rebuild"),
        clock=clock,
        zone=ZONE,
        sleep=lambda seconds: None,
    )
    first = rebuild.run(time_limit=timedelta(minutes=5))
    clock.advance(days=1)
    second = rebuild.run(time_limit=timedelta(minutes=5))

    assert [report.kind for report in first] == ["users", "posts", "pictures"]
    assert first[0].repaired > 0
    assert (second[0].number, second[0].changed) == (30, 0)
    stats = StatsService(counters=services.counters, clock=FixedClock(), zone=ZONE)
    bands = [{"band": each.band, **asdict(each.genders)} for each in stats.age_bands()]
    assert bands == bands_of(users, TODAY)
    assert stats.overview().users == 30


def _damage(table: object) -> None:
    scan = table.scan()["Items"]  # type: ignore[attr-defined]  # boto3 without stubs
    for item in sorted(scan, key=lambda item: (item["counter"], item["bucket"]))[::3]:
        key = {"counter": item["counter"], "bucket": item["bucket"]}
        table.update_item(  # type: ignore[attr-defined]  # boto3 without stubs
            Key=key,
            UpdateExpression="ADD #c :n",
            ExpressionAttributeNames={"#c": "01f"},
            ExpressionAttributeValues={":n": 7},
        )
