"""Position, state and estimate of pictures that are not there yet."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deepstory.model_server.entities import Mode
from deepstory.pictures.entities import Picture
from deepstory.pictures.orders import PictureOrder
from deepstory.pictures.progress import ShownPicture
from fakes.drawing import CONCURRENCY, Studio
from fakes.model_server import COLD_START, DRAWING, seen


@pytest.fixture
def studio() -> Studio:
    return Studio()


def show(studio: Studio, picture: Picture) -> ShownPicture:
    return studio.service.show(picture_id=picture.picture_id, owner_id=studio.user_id)


def order_many(studio: Studio, count: int) -> list[Picture]:
    return list(
        studio.orders.order(owner_id=studio.user_id, order=PictureOrder(prompt="sea", count=count))
    )


def test_sent_pictures_stand_before_waiting_ones(studio: Studio) -> None:
    waiting, sent = studio.order(), studio.order()
    studio.dispatch(sent)

    assert show(studio, sent).position == 1
    assert show(studio, waiting).position == 2


def test_estimate_of_a_sleeping_server_includes_its_start(studio: Studio) -> None:
    first, second = order_many(studio, 2)

    assert show(studio, first).eta_seconds == COLD_START + DRAWING
    assert show(studio, second).eta_seconds == COLD_START + 2 * DRAWING


def test_estimate_shrinks_while_the_server_starts(studio: Studio) -> None:
    picture = studio.order()
    studio.dispatch(picture)
    studio.clock.advance(seconds=100)

    assert show(studio, picture).eta_seconds == COLD_START - 100 + DRAWING
    assert show(studio, picture).status == "queued"


def test_start_that_takes_longer_than_usual_never_seems_over(studio: Studio) -> None:
    picture = studio.order()
    studio.dispatch(picture)
    studio.clock.advance(seconds=10 * COLD_START)

    assert show(studio, picture).eta_seconds == COLD_START // 10 + DRAWING


def test_first_sent_pictures_are_being_drawn_once_the_server_runs(studio: Studio) -> None:
    pictures = order_many(studio, CONCURRENCY + 1)
    studio.dispatch(*pictures)
    studio.make_ready()

    assert [show(studio, picture).status for picture in pictures] == ["drawing"] * CONCURRENCY + [
        "queued"
    ]


def test_more_instances_draw_more_at_a_time(studio: Studio) -> None:
    pictures = order_many(studio, CONCURRENCY + 1)
    studio.dispatch(*pictures)
    studio.make_ready(instances=2)

    assert {show(studio, picture).status for picture in pictures} == {"drawing"}


def test_estimate_of_a_running_server_counts_what_is_ahead_and_what_is_done(
    studio: Studio,
) -> None:
    first, second = order_many(studio, 2)
    studio.make_ready()
    studio.dispatch(first, second)
    studio.clock.advance(seconds=3)

    assert show(studio, first).eta_seconds == DRAWING - 3
    assert show(studio, second).eta_seconds == 2 * DRAWING - 3


def test_estimate_of_a_picture_for_an_idle_server_is_a_whole_drawing(studio: Studio) -> None:
    studio.make_ready()
    first = studio.order()
    studio.dispatch(first)
    studio.clock.advance(seconds=4)
    studio.complete(first)
    studio.clock.advance(seconds=60)

    assert show(studio, studio.order()).eta_seconds == 4
    assert studio.operations.describe().eta_seconds == 2 * 4


def test_estimate_of_a_late_picture_stays_above_zero(studio: Studio) -> None:
    picture = studio.order()
    studio.make_ready()
    studio.dispatch(picture)
    studio.clock.advance(seconds=100)

    assert show(studio, picture).eta_seconds == 1


def test_server_that_is_off_has_no_estimate(studio: Studio) -> None:
    studio.switch("off")
    picture = studio.order()

    shown = show(studio, picture)

    assert (shown.status, shown.position, shown.eta_seconds) == ("waiting", 1, None)


@pytest.mark.parametrize("mode", ["auto", "on"])
def test_server_that_failed_has_no_estimate_until_it_is_mended(studio: Studio, mode: Mode) -> None:
    studio.switch(mode)
    picture = studio.order()
    studio.dispatch(picture)
    studio.host.observation = seen("failed")
    studio.server.look(age=timedelta(0))
    shown = show(studio, picture)
    assert (shown.status, shown.position, shown.eta_seconds) == ("queued", 1, None)

    studio.make_ready()

    assert show(studio, picture).eta_seconds == DRAWING


def test_old_news_of_a_running_server_are_not_believed(studio: Studio) -> None:
    studio.make_ready()
    picture = studio.order()
    studio.dispatch(picture)
    studio.clock.advance(minutes=10)

    assert show(studio, picture).status == "queued"


def test_finished_pictures_cost_no_look_at_queue_or_server(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = studio.order()
    studio.dispatch(picture)
    studio.complete(picture)
    monkeypatch.delattr(studio.server_store.__class__, "get")
    monkeypatch.delattr(studio.pictures.__class__, "queued_ids")

    assert show(studio, picture) == ShownPicture(picture=studio.stored(picture), status="ready")


def test_picture_that_is_not_in_the_index_yet_stands_at_the_end(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = studio.order()
    monkeypatch.setattr(studio.pictures, "queued_ids", lambda queue, **_: ["other"])

    assert show(studio, picture).position == 2
