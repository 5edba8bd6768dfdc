from __future__ import annotations

from deepstory.errors import ConflictError, TooManyRequestsError


class InvalidTransitionError(ConflictError):
    code = "picture_state"
    default_message = "The picture is not in a state that allows this."


class QuotaExceededError(TooManyRequestsError):
    code = "too_many_requests"
    default_message = "That is more pictures than you can have drawn today."


class RequestNotTakenError(Exception):
    """The model server did not take a request now; a later attempt may succeed."""


class ObjectsLeftError(Exception):
    """The objects of a picture could not be removed now."""


class ResultMissingError(Exception):
    """The object in which a result should be is not there."""


class NotAPictureError(Exception):
    """What the model server answered is no image, or one of unreasonable size."""
