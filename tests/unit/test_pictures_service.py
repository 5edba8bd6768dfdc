"""Looking at one's own pictures, cancelling and deleting them."""

from __future__ import annotations

from datetime import date

import pytest

from deepstory.errors import NotFoundError
from deepstory.limits import Limit
from deepstory.pictures.entities import Picture
from deepstory.pictures.errors import InvalidTransitionError, ObjectsLeftError
from fakes.drawing import Studio


@pytest.fixture
def studio() -> Studio:
    return Studio()


def used_today(studio: Studio) -> int:
    return studio.limits.used(
        Limit(key=f"pictures#{studio.user_id}#2026-11-22", maximum=0, ends_at=studio.clock.now())
    )


def test_pictures_of_others_are_not_there(studio: Studio) -> None:
    picture_id = studio.order().picture_id

    with pytest.raises(NotFoundError):
        studio.service.show(picture_id=picture_id, owner_id="stranger")
    with pytest.raises(NotFoundError):
        studio.service.cancel(picture_id=picture_id, owner_id="stranger")
    with pytest.raises(NotFoundError):
        studio.orders.order_variations(picture_id=picture_id, owner_id="stranger", count=1)
    with pytest.raises(NotFoundError):
        studio.service.remove(picture_id=picture_id, owner_id="stranger")


def test_months_are_those_of_the_owner(studio: Studio) -> None:
    studio.clock.advance(days=8, hours=11)  # 23:00 of 30 November in Seoul
    november = studio.order()
    studio.clock.advance(hours=2)  # the first hour of December there, still November in UTC
    december = studio.order()

    def listed(month: date) -> list[str]:
        page = studio.service.list_own(owner_id=studio.user_id, limit=10, month=month)
        return [shown.picture.picture_id for shown in page.items]

    assert listed(date(2026, 11, 1)) == [november.picture_id]
    assert listed(date(2026, 12, 1)) == [december.picture_id]


def test_list_tells_how_far_each_picture_is(studio: Studio) -> None:
    first, second = studio.order(), studio.order()
    studio.clock.advance(seconds=1)
    third = studio.order()
    studio.service.cancel(picture_id=first.picture_id, owner_id=studio.user_id)

    page = studio.service.list_own(owner_id=studio.user_id, limit=10)

    assert [(shown.picture.picture_id, shown.position) for shown in page.items] == [
        (third.picture_id, 2),
        (second.picture_id, 1),
        (first.picture_id, None),
    ]


def test_cancelling_a_waiting_picture_gives_the_quota_back(studio: Studio) -> None:
    picture = studio.order()

    cancelled = studio.service.cancel(picture_id=picture.picture_id, owner_id=studio.user_id)

    assert cancelled.status == "cancelled"
    assert used_today(studio) == 0


def test_cancelling_twice_is_the_same_as_once(studio: Studio) -> None:
    picture = studio.order()

    for _ in range(2):
        studio.service.cancel(picture_id=picture.picture_id, owner_id=studio.user_id)

    assert used_today(studio) == 0


def test_cancelling_a_picture_that_is_being_drawn_costs_it(studio: Studio) -> None:
    picture = studio.order()
    studio.dispatch(picture)
    studio.make_ready()

    studio.service.cancel(picture_id=picture.picture_id, owner_id=studio.user_id)

    assert used_today(studio) == 1


def test_cancelling_on_the_next_day_gives_nothing_back(studio: Studio) -> None:
    picture = studio.order()
    studio.clock.advance(days=1)

    studio.service.cancel(picture_id=picture.picture_id, owner_id=studio.user_id)

    assert used_today(studio) == 1


def test_ready_picture_cannot_be_cancelled(studio: Studio) -> None:
    picture = studio.order()
    studio.dispatch(picture)
    studio.complete(picture)

    with pytest.raises(InvalidTransitionError):
        studio.service.cancel(picture_id=picture.picture_id, owner_id=studio.user_id)


def test_cancelling_meets_a_change_and_tries_again(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = studio.order()
    read = studio.pictures.get
    stale = [picture]
    studio.dispatch(picture)
    monkeypatch.setattr(studio.pictures, "get", lambda id_: stale.pop() if stale else read(id_))

    cancelled = studio.service.cancel(picture_id=picture.picture_id, owner_id=studio.user_id)

    assert studio.stored(picture) == cancelled


def test_cancelling_gives_up_on_a_picture_that_changes_all_the_time(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = studio.order()
    monkeypatch.setattr(studio.pictures, "replace", lambda *_, **__: False)

    with pytest.raises(InvalidTransitionError):
        studio.service.cancel(picture_id=picture.picture_id, owner_id=studio.user_id)


def test_deleting_removes_the_record_and_the_objects(studio: Studio) -> None:
    picture = studio.order()
    studio.dispatch(picture)
    studio.complete(picture)
    assert len(studio.files.objects) == 2

    studio.service.remove(picture_id=picture.picture_id, owner_id=studio.user_id)

    assert studio.files.objects == {}
    with pytest.raises(NotFoundError):
        studio.service.owned(picture_id=picture.picture_id, owner_id=studio.user_id)


def test_deleted_picture_is_gone_even_if_its_objects_are_not(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = studio.order()

    def refuse(picture: Picture) -> None:
        raise ObjectsLeftError

    monkeypatch.setattr(studio.files, "remove", refuse)

    studio.service.remove(picture_id=picture.picture_id, owner_id=studio.user_id)

    assert studio.pictures.pictures == {}
