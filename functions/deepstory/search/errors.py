from __future__ import annotations

from deepstory.errors import InvalidInputError


class UnsearchableError(InvalidInputError):
    default_message = "This cannot be searched for."
