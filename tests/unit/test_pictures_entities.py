"""The states of a picture."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from deepstory.pictures.entities import TRANSITIONS, Drawn, Picture, PictureError, Status
from deepstory.pictures.errors import InvalidTransitionError
from fakes.core import START
from fakes.pictures import a_picture

WITHIN = timedelta(minutes=5)
MOVES: dict[Status, Callable[[Picture], Picture]] = {
    "queued": lambda picture: picture.claimed(START, lease=timedelta(minutes=1)),
    "waiting": lambda picture: picture.put_back(due_at=START),
    "ready": lambda picture: picture.finished(Drawn(width=64, height=64, dominant_color="#000000")),
    "failed": lambda picture: picture.failed(PictureError(code="c", message="m")),
    "cancelled": lambda picture: picture.cancelled(),
}


@pytest.mark.parametrize("source", TRANSITIONS)
@pytest.mark.parametrize("target", TRANSITIONS)
def test_only_moves_of_the_table_are_made(source: Status, target: Status) -> None:
    picture = replace(a_picture(), status=source)

    if target in TRANSITIONS[source]:
        moved = MOVES[target](picture)
        assert moved.status == target
        assert moved.version == picture.version + 1
    else:
        with pytest.raises(InvalidTransitionError):
            MOVES[target](picture)


@pytest.mark.parametrize("status", ["ready", "failed", "cancelled"])
def test_final_pictures_stand_in_no_queue(status: Status) -> None:
    source: Status = "queued"
    picture = MOVES[status](replace(a_picture(), status=source))

    assert picture.is_final
    assert (picture.queue, picture.queue_key, picture.due_at) == (None, None, None)


def test_queue_key_sorts_by_time_then_by_id() -> None:
    keys = [
        picture.queue_key or ""
        for picture in (
            a_picture("p2"),
            a_picture("p9"),
            a_picture("p1", due_at=START + timedelta(milliseconds=1)),
        )
    ]

    assert keys == sorted(keys)
    assert keys[0] == "2026-11-22T03:00:00.000Z#p2"


def test_lost_picture_waits_as_it_was_asked_for() -> None:
    queued = a_picture().claimed(START, lease=timedelta(minutes=1)).taken(answer_within=WITHIN)
    ready = queued.finished(Drawn(width=64, height=64, dominant_color="#cc2211"))

    lost = ready.lost(due_at=START + WITHIN)

    assert (lost.status, lost.queue, lost.due_at) == ("waiting", "waiting", START + WITHIN)
    assert (lost.drawn, lost.sent_at, lost.is_taken) == (None, None, False)
    assert (ready.sends, lost.sends) == (1, 0)
    assert (lost.seed, lost.model_prompt) == (ready.seed, ready.model_prompt)
    assert (lost.file_key, lost.version) == (ready.file_key, ready.version + 1)
