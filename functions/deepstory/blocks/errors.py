from __future__ import annotations

from deepstory.errors import ConflictError


class CannotBlockYourselfError(ConflictError):
    code = "cannot_block_yourself"
    default_message = "You cannot block yourself."
