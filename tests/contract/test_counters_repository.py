"""What is counted together with what it counts, in memory and on a real DynamoDB engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import NamedTuple

import pytest
from msgspec.structs import asdict, replace

from deepstory.accounts.dynamodb import DynamoDBUserRepository
from deepstory.accounts.entities import User
from deepstory.accounts.errors import EmailTakenError
from deepstory.accounts.repository import UserRepository
from deepstory.config import Settings
from deepstory.idempotency import DuplicateRequestError, IdempotencyRecord
from deepstory.limits import Limit
from deepstory.pictures.entities import Drawn
from deepstory.pictures.repository import PictureRepository
from deepstory.posts.repository import PostRepository
from deepstory.services import Services
from deepstory.stats.counting import of_visit
from deepstory.stats.repository import CounterRepository, VisitRepository
from deepstory.stats.service import StatsService
from fakes.accounts import MemoryUserRepository
from fakes.core import START, FixedClock, MemoryIdempotencyRepository, MemoryLimitRepository
from fakes.pictures import MemoryPictureRepository, a_picture
from fakes.posts import ZONE, MemoryPostRepository, a_user
from fakes.stats import MemoryCounterRepository, MemoryVisitRepository
from support.people import bands_of, people
from support.post_stores import POST
from support.sessions import a_session

RECORD = IdempotencyRecord(key="claim", fingerprint="k1:f", answer="u1", expires_at=2_000_000_000)
DRAWN = Drawn(width=64, height=48, dominant_color="#cc2211")
TODAY = date(2026, 11, 22)


class Stores(NamedTuple):
    users: UserRepository
    posts: PostRepository
    pictures: PictureRepository
    visits: VisitRepository
    counters: CounterRepository

    @property
    def stats(self) -> StatsService:
        return StatsService(counters=self.counters, clock=FixedClock(), zone=ZONE)

    def overview(self) -> tuple[int, int, int]:
        overview = self.stats.overview()
        return overview.users, overview.posts, overview.pictures

    def bands(self) -> list[dict[str, int | str]]:
        return [{"band": each.band, **asdict(each.genders)} for each in self.stats.age_bands()]

    def sign_up(self, user: User, record: IdempotencyRecord | None = None) -> None:
        self.users.add(user, a_session(user.user_id), record)


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        counters, records = MemoryCounterRepository(), MemoryIdempotencyRepository()
        limits = MemoryLimitRepository()
        return Stores(
            users=MemoryUserRepository(None, records, counters),
            posts=MemoryPostRepository(records, counters),
            pictures=MemoryPictureRepository(limits, records, counters),
            visits=MemoryVisitRepository(counters, limits),
            counters=counters,
        )
    return dynamodb(request.getfixturevalue("settings"))


def dynamodb(settings: Settings) -> Stores:
    services = Services(settings)
    return Stores(
        users=services.users,
        posts=services.post_repository,
        pictures=services.picture_repository,
        visits=services.visit_repository,
        counters=services.counters,
    )


def test_everybody_is_counted_as_one_by_one(stores: Stores) -> None:
    users = list(people(60, seed=3, today=TODAY))
    for user in users:
        stores.sign_up(user)

    assert stores.bands() == bands_of(users, TODAY)
    assert sum(asdict(stores.stats.genders()).values()) == 60
    assert stores.overview() == (60, 0, 0)


def test_sign_up_that_is_refused_is_not_counted(stores: Stores) -> None:
    user = a_user("u1")
    stores.sign_up(user, RECORD)
    with pytest.raises(EmailTakenError):
        stores.sign_up(replace(user, user_id="u2"))
    with pytest.raises(DuplicateRequestError):
        stores.sign_up(a_user("u3"), RECORD)

    assert stores.overview() == (1, 0, 0)


def test_change_of_gender_and_birth_date_moves_the_counts(stores: Stores) -> None:
    before = replace(a_user("u1"), birth_date=date(2016, 11, 23), gender="female")
    after = replace(before, birth_date=date(1946, 11, 22), gender="other")
    stores.sign_up(before)

    assert stores.users.replace_profile(before, after)
    # The same change once more, made from what is no longer so.
    assert not stores.users.replace_profile(before, replace(after, gender="male"))

    assert stores.users.get("u1") == after
    assert stores.bands() == bands_of([after], TODAY)


def test_posts_are_counted_while_they_exist(stores: Stores) -> None:
    for number in range(3):
        stores.posts.add(replace(POST, post_id=f"p{number}"))
    stores.posts.add(replace(POST, post_id="p0"))
    assert stores.overview() == (0, 3, 0)

    assert not stores.posts.remove("p1", author_id="u2")
    for _ in range(2):
        stores.posts.remove("p1", author_id="u1")
    assert stores.overview() == (0, 2, 0)


def test_pictures_are_counted_from_ready_to_removed(stores: Stores) -> None:
    waiting, unfinished = a_picture("p1"), a_picture("p2")
    stores.pictures.add([waiting, unfinished])
    queued = waiting.claimed(START, lease=timedelta(minutes=1))
    assert stores.pictures.replace(waiting, queued)
    assert stores.overview() == (0, 0, 0)

    ready = queued.finished(DRAWN)
    assert stores.pictures.replace(queued, ready)
    assert not stores.pictures.replace(queued, ready)
    assert stores.pictures.get("p1") == ready
    assert stores.overview() == (0, 0, 1)

    # What the caller knows of it may be old.
    assert [stores.pictures.remove(waiting) for _ in range(2)] == [True, False]
    assert stores.pictures.remove(unfinished)
    assert stores.overview() == (0, 0, 0)


def test_picture_of_another_is_not_removed(stores: Stores) -> None:
    stores.pictures.add([a_picture("p1")])

    assert not stores.pictures.remove(a_picture("p1", owner_id="u2"))
    assert stores.pictures.get("p1")


def test_visit_is_counted_while_its_limit_lasts(stores: Stores) -> None:
    hour = Limit(key="visit#u1", maximum=1, ends_at=START + timedelta(hours=1))
    visit = of_visit("u1", START, ZONE)

    assert [stores.visits.count_once(visit, hour) for _ in range(3)] == [True, False, False]
    assert stores.visits.count_once(visit, replace(hour, key="visit#u2"))

    assert stores.stats.access() == ("2026-11", [0] * 12 + [2] + [0] * 11)


def test_cells_that_come_to_nothing_are_left_out(stores: Stores) -> None:
    stores.posts.add(POST)
    stores.posts.remove(POST.post_id, author_id=POST.author_id)

    assert list(stores.counters.read("posts").values()) == [{}]
    assert stores.counters.read("nothing") == {}


def test_people_born_on_one_day_who_sign_up_at_once_are_all_counted(settings: Settings) -> None:
    stores = dynamodb(settings)
    assert isinstance(stores.users, DynamoDBUserRepository)
    users = [a_user(f"u{number}") for number in range(64)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(stores.sign_up, users))

    assert stores.overview() == (64, 0, 0)
    assert stores.bands() == bands_of(users, TODAY)
