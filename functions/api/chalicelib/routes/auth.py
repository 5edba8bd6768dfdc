"""Signing up, logging in, staying logged in, logging out."""

from __future__ import annotations

import msgspec
from chalice.app import Blueprint

from chalicelib.calls import Call, Reply
from chalicelib.endpoints import Endpoints
from chalicelib.runtime import services
from chalicelib.schemas.accounts import (
    Delivery,
    LogIn,
    LogOut,
    Refresh,
    SessionView,
    SignUp,
    session_view,
)
from chalicelib.validation import Nothing
from deepstory.accounts.entities import Tokens, User
from deepstory.accounts.errors import InvalidTokenError
from deepstory.errors import UnauthorizedError

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="auth")

COOKIE = "refresh_token"
COOKIE_PATH = "/api/v1/auth"


def _sign_up_again(call: Call[SignUp, Nothing], answer: str) -> Reply:
    """Answer a repeated sign-up: tokens are never stored, so it gets a session of its own."""
    user = services().accounts.me(user_id=msgspec.json.decode(answer, type=str))
    return _logged_in(user, services().sessions.open(user), delivery=call.body.token_delivery)


@endpoints.add(
    "POST",
    "/auth/signup",
    body=SignUp,
    returns=SessionView,
    status=201,
    idempotent=True,
    replay=_sign_up_again,
    errors=(403,),
)
def sign_up(call: Call[SignUp, Nothing]) -> Reply:
    """Create an account and log in."""
    body = call.body
    user, tokens = services().accounts.sign_up(
        email=body.email,
        password=body.password,
        name=body.name,
        birth_date=body.birth_date,
        gender=body.gender,
        language=body.language,
        timezone=body.timezone,
        claim=call.claim(lambda user: user.user_id),
    )
    return _logged_in(user, tokens, delivery=body.token_delivery)


@endpoints.add("POST", "/auth/login", body=LogIn, returns=SessionView, errors=(401, 403, 429))
def log_in(call: Call[LogIn, Nothing]) -> Reply:
    """Open a session with e-mail address and password."""
    user, tokens = services().sessions.log_in(
        email=call.body.email, password=call.body.password, address=call.address
    )
    return _logged_in(user, tokens, delivery=call.body.token_delivery)


@endpoints.add("POST", "/auth/refresh", body=Refresh, returns=SessionView, errors=(401, 403))
def refresh(call: Call[Refresh, Nothing]) -> Reply:
    """Exchange the refresh token, from the body or the cookie, for its successor."""
    token = call.body.refresh_token or call.cookie(COOKIE)
    if not token:
        raise InvalidTokenError
    user, tokens = services().sessions.refresh(refresh_token=token)
    # Who sent the token in the body has no cookie to find the next one in.
    sent_in = Delivery.BODY if call.body.refresh_token else Delivery.COOKIE
    return _logged_in(user, tokens, delivery=call.body.token_delivery or sent_in)


@endpoints.add("POST", "/auth/logout", body=LogOut, status=204, errors=(401,))
def log_out(call: Call[LogOut, Nothing]) -> Reply:
    """End this session, named by the access token or by the refresh token."""
    token = call.body.refresh_token or call.cookie(COOKIE)
    if call.principal:
        services().sessions.log_out(
            user_id=call.principal.user_id, session_id=call.principal.session_id
        )
    elif token:
        services().sessions.log_out_with_refresh_token(refresh_token=token)
    else:
        raise UnauthorizedError
    return logged_out()


@endpoints.add("POST", "/auth/logout-all", status=204)
def log_out_everywhere(call: Call[Nothing, Nothing]) -> Reply:
    """End every session of the caller, this one too."""
    services().sessions.log_out_everywhere(user_id=call.user_id)
    return logged_out()


def _logged_in(user: User, tokens: Tokens, *, delivery: Delivery) -> Reply:
    cookie = _cookie(tokens.refresh_token, max_age=tokens.refresh_expires_in)
    return Reply(
        body=session_view(user, tokens, in_body=delivery is Delivery.BODY),
        headers={"Set-Cookie": cookie},
    )


def logged_out() -> Reply:
    """Return the answer that has a browser forget its refresh token."""
    return Reply(headers={"Set-Cookie": _cookie("", max_age=0)})


def _cookie(value: str, *, max_age: int) -> str:
    secure = "; Secure" if services().settings.cookie_secure else ""
    return (
        f"{COOKIE}={value}; Path={COOKIE_PATH}; Max-Age={max_age}; "
        f"HttpOnly; SameSite=Strict{secure}"
    )
