"""Getting back in without the password."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.calls import Call, Reply
from chalicelib.endpoints import Endpoints
from chalicelib.runtime import services
from chalicelib.schemas.password_resets import ConfirmReset, RequestReset
from chalicelib.validation import Nothing

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="auth")


@endpoints.add("POST", "/auth/password-reset", body=RequestReset, status=202)
def request_password_reset(call: Call[RequestReset, Nothing]) -> Reply:
    """Have a link mailed with which a new password can be chosen once, within half an hour.

    The answer is the same whether or not the address has an account. A later link makes earlier
    ones worthless.
    """
    services().account.password_resets.request(email=call.body.email)
    return Reply()


@endpoints.add("POST", "/auth/password-reset/confirm", body=ConfirmReset, status=204)
def confirm_password_reset(call: Call[ConfirmReset, Nothing]) -> Reply:
    """Choose a new password with the token of a mailed link; every session of the account ends."""
    services().account.password_resets.confirm(token=call.body.token, password=call.body.password)
    return Reply()
