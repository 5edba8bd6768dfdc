"""The Lambdas that send pictures: one for each new one, one for what is left."""

from __future__ import annotations

import contextlib
import itertools
from types import SimpleNamespace
from typing import Any

import pytest

from deepstory.pictures.dispatch import ANSWER_WITHIN, LEASE
from deepstory.pictures.entities import Picture
from deepstory.pictures.faults import LOAD_PAUSE, TOO_BUSY
from fakes.drawing import Studio
from scheduler import dispatch_waiting
from support.crashes import Crash, crashing
from workers import dispatch_pictures

CONTEXT = SimpleNamespace(aws_request_id="request-1")


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Studio:
    studio = Studio()
    monkeypatch.setattr(dispatch_pictures, "services", lambda: studio)
    monkeypatch.setattr(dispatch_waiting, "services", lambda: studio)
    return studio


def deliver(*pictures: Picture) -> dict[str, Any]:
    records = [
        {
            "eventName": "INSERT",
            "dynamodb": {
                "Keys": {"picture_id": {"S": picture.picture_id}},
                "SequenceNumber": str(number),
            },
        }
        for number, picture in enumerate(pictures, start=1)
    ]
    return dispatch_pictures.handler({"Records": records}, CONTEXT)


def test_each_new_picture_is_sent_once_over_three_shuffled_deliveries(studio: Studio) -> None:
    first, second, third = studio.order(), studio.order(), studio.order()

    for batch in ([first, second], [second, first, third], [third]):
        assert deliver(*batch) == {"batchItemFailures": []}

    assert {picture.picture_id for picture in studio.endpoint.sent} == {
        picture.picture_id for picture in (first, second, third)
    }
    assert len(studio.endpoint.sent) == 3


def test_only_the_record_that_failed_is_repeated(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, fine = studio.order(), studio.order()
    send = studio.endpoint.send

    def send_or_break(picture: Picture) -> None:
        if picture.picture_id == broken.picture_id:
            raise ConnectionError
        send(picture)

    monkeypatch.setattr(studio.endpoint, "send", send_or_break)

    assert deliver(broken, fine) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert studio.stored(fine).is_taken


def test_schedule_sends_what_the_stream_did_not(studio: Studio) -> None:
    studio.order()

    dispatch_waiting.handler({}, CONTEXT)
    dispatch_waiting.handler({}, CONTEXT)

    assert len(studio.endpoint.sent) == 1


def test_schedule_looks_at_the_endpoint(studio: Studio) -> None:
    dispatch_waiting.handler({}, CONTEXT)

    assert studio.host.observed == 1


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", range(1, 13))
def test_three_runs_after_a_crash_anywhere_lose_nothing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, step: int, after: bool
) -> None:
    lost, failed, fresh = (studio.order() for _ in range(3))
    studio.dispatch(lost, failed)
    studio.clock.advance(seconds=ANSWER_WITHIN.total_seconds())
    studio.fail(failed, TOO_BUSY, received_at=studio.clock.now())
    studio.clock.advance(seconds=LOAD_PAUSE.total_seconds())
    counter = itertools.count(1)
    with monkeypatch.context() as patched:
        for target, name in (
            (studio.pictures, "replace"),
            (studio.endpoint, "send"),
            (studio.server_store, "replace"),
        ):
            patched.setattr(target, name, crashing(getattr(target, name), counter, step, after))
        with contextlib.suppress(Crash):
            dispatch_waiting.handler({}, CONTEXT)
    for _ in range(3):
        studio.clock.advance(seconds=LEASE.total_seconds())
        dispatch_waiting.handler({}, CONTEXT)

    for picture, faults in ((lost, 1), (failed, 0), (fresh, 0)):
        stored = studio.stored(picture)
        assert (stored.status, stored.is_taken, stored.faults) == ("queued", True, faults)
        studio.complete(picture)
        assert studio.stored(picture).status == "ready"
    # A sender that dies before it can note what it did has one picture drawn again.
    assert 5 <= len(studio.endpoint.sent) <= 6
