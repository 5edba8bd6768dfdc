from __future__ import annotations

from deepstory.errors import ConflictError


class AdministratorLeavesError(ConflictError):
    code = "protected_account"
    default_message = "An administrator's account cannot be deleted."


class ErasureIncompleteError(Exception):
    """Something is left although everything was removed several times."""
