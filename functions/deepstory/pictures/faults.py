"""What went wrong with a drawing, and whether it is worth another try."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from deepstory.pictures.entities import Picture, PictureError

# The first repetition is at once: a model that was restarted costs its user nothing more.
PAUSES = (timedelta(0), timedelta(seconds=30))
MAXIMUM_FAULTS = len(PAUSES) + 1
# What was refused or not drawn in time says something about the load, not about the picture.
LOAD_PAUSE = timedelta(seconds=20)
MAXIMUM_SENDS = 10
# A request that is not even taken costs nothing but patience: soon again at first, then at
# longer intervals, for a day. What keeps the endpoint away that long needs a person.
FIRST_REFUSAL_PAUSE = timedelta(seconds=20)
LONGEST_REFUSAL_PAUSE = timedelta(minutes=10)
MAXIMUM_REFUSALS = 148
_DOUBLINGS = 5


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request brought no picture.

    ``is_final`` faults are the request's own: the same request would meet them again. Those
    that are ``of_load`` do not count against the picture.
    """

    error: PictureError
    is_final: bool = False
    of_load: bool = False


def own_fault(code: str, message: str) -> Fault:
    """Return the fault of a request that the model refuses for what it asks."""
    return Fault(error=PictureError(code=code, message=message), is_final=True)


def _fault(code: str, message: str, *, of_load: bool = False) -> Fault:
    return Fault(error=PictureError(code=code, message=message), of_load=of_load)


MODEL_FAILED = _fault("model_failed", "The model server failed at this picture several times.")
LOST = _fault("no_answer", "The model server did not answer for this picture.")
TOO_BUSY = _fault("too_busy", "The model server was too busy for this picture.", of_load=True)
NOT_TAKEN = _fault("not_taken", "The model server did not take this picture for a whole day.")
NOT_A_PICTURE = _fault("invalid_result", "The model server answered something else than a picture.")


def after_fault(picture: Picture, fault: Fault, *, now: datetime) -> Picture:
    """Return the picture as waiting for another try, or as failed when it had enough of them."""
    tried_enough = (
        picture.sends >= MAXIMUM_SENDS if fault.of_load else picture.faults + 1 >= MAXIMUM_FAULTS
    )
    if fault.is_final or tried_enough:
        return picture.failed(fault.error)
    if fault.of_load:
        return picture.put_back(due_at=now + LOAD_PAUSE)
    return picture.put_back(due_at=now + PAUSES[picture.faults], faults=1)


def after_refusal(picture: Picture, *, now: datetime) -> Picture:
    """Return the picture as waiting until it is offered again, or as failed after a day of it."""
    if picture.refusals + 1 >= MAXIMUM_REFUSALS:
        return picture.failed(NOT_TAKEN.error)
    pause = min(FIRST_REFUSAL_PAUSE * 2 ** min(picture.refusals, _DOUBLINGS), LONGEST_REFUSAL_PAUSE)
    return picture.put_back(due_at=now + pause, refusals=1)
