"""What every store of pictures must do."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from msgspec.structs import replace

from deepstory.dynamodb import connection
from deepstory.idempotency import (
    DuplicateRequestError,
    DynamoDBIdempotencyRepository,
    IdempotencyRecord,
)
from deepstory.limits import DynamoDBLimitRepository, LimitRepository
from deepstory.pictures.dynamodb import DynamoDBPictureRepository
from deepstory.pictures.entities import Drawn, PictureError, due_until
from deepstory.pictures.errors import QuotaExceededError
from deepstory.pictures.repository import PictureRepository
from deepstory.stats.dynamodb import DynamoDBCounterRepository
from fakes.core import START, MemoryIdempotencyRepository, MemoryLimitRepository
from fakes.pictures import QUOTA, MemoryPictureRepository, a_picture

RECORD = IdempotencyRecord(key="claim", fingerprint="k1:f", answer="[]", expires_at=2_000_000_000)
DRAWN = Drawn(width=64, height=48, dominant_color="#cc2211")
HOUR = timedelta(hours=1)


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> tuple[PictureRepository, LimitRepository]:
    if request.param == "memory":
        memory = MemoryLimitRepository()
        return MemoryPictureRepository(memory, MemoryIdempotencyRepository()), memory
    settings = request.getfixturevalue("settings")
    limits = DynamoDBLimitRepository(settings.limits_table)
    pictures = DynamoDBPictureRepository(
        pictures_table=settings.pictures_table,
        limits=limits,
        idempotency=DynamoDBIdempotencyRepository(settings.idempotency_table),
        counters=DynamoDBCounterRepository(settings.counters_table),
        connection=connection(),
    )
    return pictures, limits


@pytest.fixture
def pictures(stores: tuple[PictureRepository, LimitRepository]) -> PictureRepository:
    return stores[0]


@pytest.fixture
def limits(stores: tuple[PictureRepository, LimitRepository]) -> LimitRepository:
    return stores[1]


class TestPictureRepository:
    def test_added_pictures_are_found_and_counted(
        self, pictures: PictureRepository, limits: LimitRepository
    ) -> None:
        four = [a_picture(f"p{number}", negative_prompt="blur") for number in range(4)]

        pictures.add(four)

        assert pictures.get("p2") == four[2]
        assert pictures.get_many(["p0", "p3", "p9"]) == {"p0": four[0], "p3": four[3]}
        assert limits.used(QUOTA) == 4

    def test_unknown_picture_is_none(self, pictures: PictureRepository) -> None:
        assert pictures.get("nothing") is None
        assert pictures.get_many([]) == {}

    def test_pictures_over_the_quota_are_not_added_at_all(
        self, pictures: PictureRepository, limits: LimitRepository
    ) -> None:
        quota = replace(QUOTA, maximum=3)
        pictures.add([a_picture("p1", quota=quota), a_picture("p2", quota=quota)])

        with pytest.raises(QuotaExceededError):
            pictures.add([a_picture("p3", quota=quota), a_picture("p4", quota=quota)], RECORD)

        assert pictures.get_many(["p3", "p4"]) == {}
        assert limits.used(quota) == 2

    def test_repeated_claim_is_a_duplicate_request(
        self, pictures: PictureRepository, limits: LimitRepository
    ) -> None:
        pictures.add([a_picture("p1")], RECORD)

        with pytest.raises(DuplicateRequestError):
            pictures.add([a_picture("p2"), a_picture("p3")], RECORD)

        assert pictures.get_many(["p2", "p3"]) == {}
        assert limits.used(QUOTA) == 1

    def test_repetition_of_the_last_request_of_the_day_is_a_duplicate(
        self, pictures: PictureRepository
    ) -> None:
        quota = replace(QUOTA, maximum=1)
        pictures.add([a_picture("p1", quota=quota)], RECORD)

        with pytest.raises(DuplicateRequestError):
            pictures.add([a_picture("p2", quota=quota)], RECORD)

    def test_picture_is_kept_through_all_its_changes(self, pictures: PictureRepository) -> None:
        picture = a_picture()
        pictures.add([picture])
        claimed = picture.claimed(START, lease=HOUR)
        taken = claimed.taken(answer_within=2 * HOUR)
        back = taken.put_back(due_at=START + HOUR, faults=1)
        steps = [picture, claimed, taken, back, back.finished(DRAWN)]

        for before, after in pairwise(steps):
            assert pictures.replace(before, after)
            assert pictures.get("p1") == after

    def test_failed_picture_keeps_the_reason(self, pictures: PictureRepository) -> None:
        picture = a_picture()
        pictures.add([picture])
        claimed = picture.claimed(START, lease=HOUR)
        failed = claimed.failed(PictureError(code="refused", message="No."))
        pictures.replace(picture, claimed)

        assert pictures.replace(claimed, failed)
        assert pictures.get("p1") == failed

    def test_change_of_an_older_version_is_refused(self, pictures: PictureRepository) -> None:
        picture = a_picture()
        pictures.add([picture])
        claimed = picture.claimed(START, lease=HOUR)
        pictures.replace(picture, claimed)

        assert not pictures.replace(picture, picture.cancelled())
        assert pictures.get("p1") == claimed

    def test_change_of_a_removed_picture_does_not_revive_it(
        self, pictures: PictureRepository
    ) -> None:
        assert not pictures.replace(a_picture(), a_picture().finished(DRAWN))
        assert pictures.get("p1") is None

    def test_cancelling_gives_the_quota_back_once(
        self, pictures: PictureRepository, limits: LimitRepository
    ) -> None:
        picture = a_picture()
        pictures.add([picture, a_picture("p2")])

        assert pictures.replace(picture, picture.cancelled(), give_back=QUOTA)
        assert not pictures.replace(picture, picture.cancelled(), give_back=QUOTA)

        assert limits.used(QUOTA) == 1
        assert pictures.get("p1") == picture.cancelled()

    def test_removing_twice_tells_that_it_was_gone(self, pictures: PictureRepository) -> None:
        pictures.add([a_picture()])

        assert pictures.remove(a_picture())
        assert not pictures.remove(a_picture())
        assert pictures.get("p1") is None

    def test_pages_hold_every_own_picture_once_newest_first(
        self, pictures: PictureRepository
    ) -> None:
        pictures.add([a_picture(f"p{number}") for number in range(4)])
        pictures.add([a_picture("q1", owner_id="u2")])

        first = pictures.list_of("u1", limit=3)
        second = pictures.list_of("u1", limit=3, position=first.next)

        assert [picture.picture_id for picture in first.items] == ["p3", "p2", "p1"]
        assert [picture.picture_id for picture in second.items] == ["p0"]
        assert second.next is None

    def test_page_that_ends_the_list_has_no_next(self, pictures: PictureRepository) -> None:
        pictures.add([a_picture("p1"), a_picture("p2")])

        assert pictures.list_of("u1", limit=2).next is None
        assert pictures.list_of("nobody", limit=2).items == []

    def test_list_of_a_style_skips_the_others(self, pictures: PictureRepository) -> None:
        pictures.add([a_picture("p1", style="ink"), a_picture("p2")])
        pictures.add([a_picture("p3", style="ink"), a_picture("p4", style="ink")])

        first = pictures.list_of("u1", limit=2, style="ink")
        second = pictures.list_of("u1", limit=2, style="ink", position=first.next)

        assert [picture.picture_id for picture in first.items] == ["p4", "p3"]
        assert [picture.picture_id for picture in second.items] == ["p1"]

    def test_list_between_ids_begins_with_the_first_and_ends_before_the_last(
        self, pictures: PictureRepository
    ) -> None:
        pictures.add([a_picture(f"p{number}") for number in range(4)])

        page = pictures.list_of("u1", limit=10, first_id="p1", end_id="p25")

        assert [picture.picture_id for picture in page.items] == ["p2", "p1"]

    def test_queue_is_in_order_of_time_and_holds_no_finished_picture(
        self, pictures: PictureRepository
    ) -> None:
        late = a_picture("p1", due_at=START + HOUR)
        soon, done = a_picture("p2"), a_picture("p3")
        pictures.add([late, soon, done])
        pictures.replace(done, done.cancelled())

        assert pictures.queued_ids("waiting", limit=10) == ["p2", "p1"]
        assert pictures.queued_ids("waiting", limit=1) == ["p2"]
        assert pictures.queued_ids("sent", limit=10) == []

    def test_sent_picture_changes_the_queue(self, pictures: PictureRepository) -> None:
        picture = a_picture()
        pictures.add([picture])
        pictures.replace(picture, picture.claimed(START, lease=HOUR))

        assert pictures.queued_ids("waiting", limit=10) == []
        assert pictures.queued_ids("sent", limit=10) == ["p1"]

    def test_due_are_those_whose_time_has_come(self, pictures: PictureRepository) -> None:
        pictures.add([a_picture("p1"), a_picture("p2", due_at=START + HOUR)])

        def due(hours: int, limit: int = 10) -> list[str]:
            until = due_until(START + hours * HOUR)
            return pictures.queued_ids("waiting", limit=limit, until=until)

        assert due(0) == ["p1"]
        assert due(1) == ["p1", "p2"]
        assert due(1, limit=1) == ["p1"]
        assert due(-1) == []
