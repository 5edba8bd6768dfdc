from __future__ import annotations

from deepstory.errors import ConflictError, TooManyRequestsError


class TooManyReportsError(TooManyRequestsError):
    code = "too_many_reports"
    default_message = "You reported a lot in the last hour. Wait before you report more."


class CannotHideError(ConflictError):
    code = "cannot_hide"
    default_message = "Posts and comments can be hidden, people cannot."
