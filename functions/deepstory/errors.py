"""The one family of errors that callers of the domain see.

Subclasses live beside their feature; the HTTP layer maps ``code``, ``status``, ``fields`` and
``retry_after`` to the response in one place.
"""

from __future__ import annotations

from typing import ClassVar


class DeepStoryError(Exception):
    """Base of every expected failure.

    Attributes
    ----------
    code : stable snake_case identifier that clients may switch on.
    status : HTTP status of the answer.
    fields : reasons by input field, in dotted form for nested input.
    retry_after : whole seconds after which the same call may succeed.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    default_message: ClassVar[str] = "Something went wrong."

    def __init__(
        self,
        message: str | None = None,
        *,
        fields: dict[str, str] | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.message = message or self.default_message
        self.fields = fields
        self.retry_after = retry_after
        super().__init__(self.message)


class BadRequestError(DeepStoryError):
    code = "bad_request"
    status = 400
    default_message = "The request could not be understood."


class InvalidCursorError(BadRequestError):
    code = "invalid_cursor"
    default_message = "This cursor is not valid here. Start again without one."


class UnauthorizedError(DeepStoryError):
    code = "unauthorized"
    status = 401
    default_message = "Log in to do this."


class ForbiddenError(DeepStoryError):
    code = "forbidden"
    status = 403
    default_message = "This needs the administrator role."


class NotFoundError(DeepStoryError):
    """Absent, or not the caller's to see: the two are never told apart."""

    code = "not_found"
    status = 404
    default_message = "There is nothing here, or it is not yours to see."


class ConflictError(DeepStoryError):
    code = "conflict"
    status = 409
    default_message = "This does not fit the current state."


class InvalidInputError(DeepStoryError):
    code = "validation_failed"
    status = 422
    default_message = "Some fields are not valid."


class TooManyRequestsError(DeepStoryError):
    code = "too_many_requests"
    status = 429
    default_message = "Too many requests. Wait a moment and try again."


class UnavailableError(DeepStoryError):
    """A dependency did not answer in time; nothing was changed, so the call may be repeated."""

    code = "unavailable"
    status = 503
    default_message = "The service is busy. Try again in a moment."


class ConfigurationError(Exception):
    """The deployment is incomplete: a setting is missing or malformed."""
