"""One's own account."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.calls import Call, Reply
from chalicelib.endpoints import Endpoints
from chalicelib.routes.auth import logged_out
from chalicelib.runtime import services
from chalicelib.schemas.accounts import (
    ChangePassword,
    DeleteMe,
    UpdateMe,
    UserView,
    user_view,
)
from chalicelib.validation import Nothing

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="me")


@endpoints.add("GET", "/me", returns=UserView)
def get_me(call: Call[Nothing, Nothing]) -> UserView:
    """Return the caller's account."""
    return user_view(services().accounts.me(user_id=call.user_id))


@endpoints.add("PATCH", "/me", body=UpdateMe, returns=UserView)
def update_me(call: Call[UpdateMe, Nothing]) -> UserView:
    """Change what is given and keep the rest."""
    body = call.body
    user = services().accounts.update_profile(
        user_id=call.user_id,
        name=body.name,
        birth_date=body.birth_date,
        gender=body.gender,
        language=body.language,
        timezone=body.timezone,
    )
    return user_view(user)


@endpoints.add("PUT", "/me/password", body=ChangePassword, status=204, errors=(429,))
def change_password(call: Call[ChangePassword, Nothing]) -> Reply:
    """Change the password; every other session ends."""
    services().accounts.change_password(
        user_id=call.user_id,
        session_id=call.caller.session_id,
        address=call.address,
        current_password=call.body.current_password,
        new_password=call.body.new_password,
    )
    return Reply()


@endpoints.add("DELETE", "/me", body=DeleteMe, status=202, errors=(409, 429))
def delete_me(call: Call[DeleteMe, Nothing]) -> Reply:
    """Close the account at once; everything of it is erased in the minutes after.

    An administrator's account is not deleted like this.
    """
    services().account.closing.close(
        user_id=call.user_id, password=call.body.password, address=call.address
    )
    return logged_out()
