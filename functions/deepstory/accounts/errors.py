from __future__ import annotations

from deepstory.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    TooManyRequestsError,
    UnauthorizedError,
)


class EmailTakenError(ConflictError):
    code = "email_taken"
    default_message = "There is an account with this e-mail address already."


class InvalidCredentialsError(UnauthorizedError):
    """Unknown address and wrong password are one error on purpose."""

    code = "invalid_credentials"
    default_message = "The e-mail address or the password is wrong."


class InvalidTokenError(UnauthorizedError):
    code = "invalid_token"
    default_message = "This login is no longer valid. Log in again."


class AccountSuspendedError(ForbiddenError):
    code = "account_suspended"
    default_message = "This account is suspended. Ask the administrator if you do not know why."


class ProtectedAccountError(ConflictError):
    code = "protected_account"
    default_message = "An administrator's account can be neither suspended nor restored."


class RefreshTokenReusedError(InvalidTokenError):
    code = "refresh_token_reused"
    default_message = "This login was used from two places and was ended. Log in again."


class WrongPasswordError(InvalidInputError):
    """Not 401: the session is good, and clients answer 401 by logging in again."""

    code = "wrong_password"
    default_message = "The current password is wrong."


class TooManyAttemptsError(TooManyRequestsError):
    code = "too_many_attempts"
    default_message = "Too many failed attempts. Wait before you try again."
