from __future__ import annotations

from deepstory.errors import InvalidInputError


class InvalidDiaryDateError(InvalidInputError):
    default_message = "The diary date is not possible."


class UnusablePictureError(InvalidInputError):
    """A foreign picture and one that does not exist are one error on purpose."""

    default_message = "This picture cannot be used."
