"""Handing pictures to the model server, and finding the lost ones."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deepstory.pictures.dispatch import ANSWER_WITHIN, LEASE
from deepstory.pictures.entities import Picture
from deepstory.pictures.faults import (
    FIRST_REFUSAL_PAUSE,
    LOAD_PAUSE,
    LONGEST_REFUSAL_PAUSE,
    LOST,
    MAXIMUM_REFUSALS,
    MAXIMUM_SENDS,
    NOT_TAKEN,
    TOO_BUSY,
    own_fault,
)
from fakes.drawing import Studio

MINUTE = timedelta(minutes=1)


@pytest.fixture
def studio() -> Studio:
    return Studio()


def sent_ids(studio: Studio) -> list[str]:
    return [picture.picture_id for picture in studio.endpoint.sent]


def dispatch_due(studio: Studio) -> int:
    return studio.dispatcher.dispatch_due(time_limit=MINUTE)


def claim(studio: Studio, picture: Picture) -> Picture:
    """Claim it as a sender does that dies before it sends."""
    claimed = picture.claimed(studio.clock.now(), lease=LEASE)
    assert studio.pictures.replace(picture, claimed)
    return claimed


def test_new_picture_is_sent_once_however_often_it_is_announced(studio: Studio) -> None:
    picture = studio.order()

    assert studio.dispatch(picture) == 1
    assert studio.dispatch(picture, picture) == 0

    assert sent_ids(studio) == [picture.picture_id]
    stored = studio.stored(picture)
    assert (stored.status, stored.is_taken, stored.sends) == ("queued", True, 1)


def test_nothing_is_sent_while_the_server_is_off(studio: Studio) -> None:
    studio.switch("off")
    picture = studio.order()

    assert studio.dispatch(picture) == 0
    assert dispatch_due(studio) == 0
    assert studio.stored(picture) == picture


def test_all_that_waited_is_sent_once_the_server_is_on(studio: Studio) -> None:
    studio.switch("off")
    pictures = [studio.order() for _ in range(3)]
    studio.switch("on")

    assert dispatch_due(studio) == 3
    assert dispatch_due(studio) == 0
    assert sent_ids(studio) == [picture.picture_id for picture in pictures]


def test_removed_picture_is_not_sent(studio: Studio) -> None:
    picture = studio.order()
    studio.service.remove(picture_id=picture.picture_id, owner_id=studio.user_id)

    assert studio.dispatch(picture) == 0


def test_of_two_senders_one_sends(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = studio.order()
    claim(studio, picture)
    monkeypatch.setattr(studio.pictures, "get", lambda picture_id: picture)

    assert studio.dispatch(picture) == 0
    assert studio.endpoint.sent == []


def test_refused_request_waits_a_while_and_costs_nothing(studio: Studio) -> None:
    picture = studio.order()
    studio.endpoint.refuses = True
    assert studio.dispatch(picture) == 0
    studio.endpoint.refuses = False

    assert dispatch_due(studio) == 0
    studio.clock.advance(seconds=FIRST_REFUSAL_PAUSE.total_seconds())
    assert dispatch_due(studio) == 1
    assert studio.stored(picture).faults == 0


def test_picture_that_is_never_taken_is_offered_for_a_day_and_then_fails(studio: Studio) -> None:
    picture = studio.order()
    studio.endpoint.refuses = True
    started, offers = studio.clock.now(), 0
    while not studio.stored(picture).is_final:
        due_at = studio.stored(picture).due_at
        assert due_at is not None
        pause = due_at - studio.clock.now()
        assert pause <= LONGEST_REFUSAL_PAUSE
        studio.clock.advance(seconds=pause.total_seconds())
        dispatch_due(studio)
        offers += 1

    assert studio.stored(picture).error == NOT_TAKEN.error
    assert offers == MAXIMUM_REFUSALS
    assert timedelta(hours=23) < studio.clock.now() - started < timedelta(hours=25)


def test_refusals_are_forgotten_when_it_is_taken(studio: Studio) -> None:
    picture = studio.order()
    studio.endpoint.refuses = True
    dispatch_due(studio)
    assert studio.stored(picture).refusals == 1
    studio.endpoint.refuses = False
    studio.clock.advance(seconds=FIRST_REFUSAL_PAUSE.total_seconds())
    dispatch_due(studio)

    assert studio.stored(picture).refusals == 0


def test_result_that_is_faster_than_the_sender_stands(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = studio.order()
    monkeypatch.setattr(studio.endpoint, "send", lambda claimed: studio.complete(claimed))

    assert studio.dispatch(picture) == 1

    assert studio.stored(picture).status == "ready"


def test_picture_of_a_dead_sender_is_sent_when_its_lease_is_over(studio: Studio) -> None:
    picture = studio.order()
    claim(studio, picture)

    assert dispatch_due(studio) == 0
    studio.clock.advance(seconds=LEASE.total_seconds())
    assert dispatch_due(studio) == 1
    assert studio.stored(picture).faults == 0


def test_any_number_of_dead_senders_costs_a_picture_nothing(studio: Studio) -> None:
    picture = studio.order()
    for _ in range(20):
        claim(studio, studio.stored(picture))
        studio.clock.advance(seconds=LEASE.total_seconds())
        studio.switch("off")
        dispatch_due(studio)
        studio.switch("auto")

    assert dispatch_due(studio) == 1


def test_unanswered_picture_is_sent_again_and_counted(studio: Studio) -> None:
    picture = studio.order()
    studio.dispatch(picture)
    studio.clock.advance(seconds=ANSWER_WITHIN.total_seconds())

    assert dispatch_due(studio) == 1
    assert studio.stored(picture).faults == 1


def test_picture_that_is_never_answered_fails_at_last(studio: Studio) -> None:
    picture = studio.order()
    studio.dispatch(picture)
    for _ in range(3):
        studio.clock.advance(seconds=ANSWER_WITHIN.total_seconds())
        dispatch_due(studio)
        studio.clock.advance(minutes=1)
        dispatch_due(studio)

    stored = studio.stored(picture)
    assert stored.status == "failed"
    assert stored.error == LOST.error
    assert len(studio.endpoint.sent) == 3


def test_pass_stops_when_its_time_is_over(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.order(), studio.order()
    send = studio.endpoint.send

    def send_slowly(picture: Picture) -> None:
        send(picture)
        studio.clock.advance(minutes=1)

    monkeypatch.setattr(studio.endpoint, "send", send_slowly)

    assert dispatch_due(studio) == 1
    assert dispatch_due(studio) == 1


def test_picture_that_went_on_meanwhile_is_left_alone(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = studio.order()
    studio.dispatch(picture)
    stored = studio.stored(picture)
    monkeypatch.setattr(studio.pictures, "queued_ids", lambda queue, **_: [picture.picture_id])

    assert dispatch_due(studio) == 0
    assert studio.stored(picture) == stored


def test_sending_to_a_sleeping_server_times_its_start(studio: Studio) -> None:
    studio.dispatch(studio.order())
    waking_since = studio.clock.now()
    studio.clock.advance(seconds=5)
    studio.dispatch(studio.order())

    assert studio.server.current().waking_since == waking_since


def test_sending_to_a_running_server_times_nothing(studio: Studio) -> None:
    studio.make_ready()
    studio.dispatch(studio.order())

    assert studio.server.current().waking_since is None


class TestFaults:
    def test_first_failure_is_repeated_at_once(self, studio: Studio) -> None:
        picture = studio.order()
        studio.dispatch(picture)

        studio.fail(picture)

        assert len(studio.endpoint.sent) == 2
        assert studio.stored(picture).status == "queued"

    def test_failures_are_bounded(self, studio: Studio) -> None:
        picture = studio.order()
        studio.dispatch(picture)
        for _ in range(4):
            studio.clock.advance(minutes=1)
            dispatch_due(studio)
            studio.fail(picture)

        stored = studio.stored(picture)
        assert stored.status == "failed"
        assert stored.error and stored.error.code == "model_failed"
        assert len(studio.endpoint.sent) == 3

    def test_own_fault_is_not_repeated(self, studio: Studio) -> None:
        picture = studio.order()
        studio.dispatch(picture)

        studio.fail(picture, own_fault("content_filtered", "The model withheld the picture."))

        stored = studio.stored(picture)
        assert stored.status == "failed"
        assert stored.error and stored.error.code == "content_filtered"

    def test_load_does_not_count_against_the_picture(self, studio: Studio) -> None:
        picture = studio.order()
        studio.dispatch(picture)
        for _ in range(MAXIMUM_SENDS - 1):
            studio.fail(picture, TOO_BUSY)
            assert dispatch_due(studio) == 0
            studio.clock.advance(seconds=LOAD_PAUSE.total_seconds())
            assert dispatch_due(studio) == 1

        assert studio.stored(picture).faults == 0
        studio.fail(picture, TOO_BUSY)
        assert studio.stored(picture).status == "failed"

    def test_failure_of_an_earlier_sending_is_not_told_of_this_one(self, studio: Studio) -> None:
        picture = studio.order()
        studio.dispatch(picture)
        first = studio.clock.now()
        studio.clock.advance(seconds=30)
        studio.fail(picture, received_at=first)
        resent = studio.stored(picture)

        studio.fail(picture, received_at=first)

        assert studio.stored(picture) == resent

    def test_failure_while_off_waits(self, studio: Studio) -> None:
        picture = studio.order()
        studio.dispatch(picture)
        studio.switch("off")

        studio.fail(picture)

        assert studio.stored(picture).status == "waiting"
        assert len(studio.endpoint.sent) == 1
