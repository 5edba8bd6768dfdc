from __future__ import annotations

from deepstory.errors import InvalidInputError


class UnsearchableError(InvalidInputError):
    default_message = "This cannot be searched for."


class UnsupportedOrderError(InvalidInputError):
    default_message = "The result cannot be had in this order."
