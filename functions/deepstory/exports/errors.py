from __future__ import annotations

from deepstory.errors import TooManyRequestsError


class TooManyExportsError(TooManyRequestsError):
    code = "too_many_exports"
    default_message = "You exported everything several times today. Wait before you do it again."


class ExportTooLargeError(Exception):
    """There is more than one run can pack; trying again would not help."""


class ExportBusyError(Exception):
    """Another worker makes this export, or died at it a moment ago; to be looked at later."""
