from __future__ import annotations

from deepstory.errors import InvalidInputError, TooManyRequestsError


class InvalidResetTokenError(InvalidInputError):
    """False, used and expired tokens are one error on purpose."""

    code = "invalid_reset_token"
    default_message = "This link is not valid, or not any more. Ask for a new one."

    def __init__(self) -> None:
        super().__init__(fields={"token": "is wrong, used or expired"})


class TooManyResetsError(TooManyRequestsError):
    code = "too_many_attempts"
    default_message = "That was asked for too often. Wait before you ask again."
