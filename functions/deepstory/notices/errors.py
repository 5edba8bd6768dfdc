from __future__ import annotations

from deepstory.errors import InvalidInputError


class UnknownNoticeError(InvalidInputError):
    default_message = "There is no such notification."
