from __future__ import annotations

from deepstory.errors import ConflictError, NotFoundError, TooManyRequestsError


class CannotAskYourselfError(ConflictError):
    code = "cannot_ask_yourself"
    default_message = "You cannot be your own secret friend."


class AlreadyAskedError(ConflictError):
    """Said of an address whether or not anybody has it."""

    code = "already_asked"
    default_message = "You asked them before; cancel that request to ask again."


class AlreadyFriendsError(ConflictError):
    code = "already_friends"
    default_message = "You two are secret friends already."


class TooManyFriendRequestsError(TooManyRequestsError):
    code = "too_many_friend_requests"
    default_message = "That are enough friend requests for now. Wait before you ask again."


class NoLongerFriendsError(NotFoundError):
    """The friendship that a write stands on is gone: for the caller there is nothing here."""
