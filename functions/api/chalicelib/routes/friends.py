"""Asking for secret friendships, and answering."""

from __future__ import annotations

import msgspec
from chalice.app import Blueprint

from chalicelib.calls import Call, Reply
from chalicelib.endpoints import Endpoints
from chalicelib.runtime import services
from chalicelib.schemas.common import PageView, position
from chalicelib.schemas.friends import (
    AcceptedView,
    AskFriend,
    FriendRequestsQuery,
    FriendRequestView,
    friend_request_view,
    friend_requests_view,
)
from chalicelib.schemas.secret_diaries import diary_view
from chalicelib.validation import Nothing
from deepstory.friends.entities import FriendRequest
from deepstory.idempotency import Claim

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="friends")


def _asked_before(call: Call[AskFriend, Nothing], answer: str) -> Reply:
    """Answer with the request as it is now: the record holds neither address nor name."""
    shown = services().friend_requests.read(
        request_id=msgspec.json.decode(answer, type=str), asker_id=call.user_id
    )
    return Reply(body=friend_request_view(shown))


@endpoints.add(
    "POST",
    "/friend-requests",
    body=AskFriend,
    returns=FriendRequestView,
    status=201,
    idempotent=True,
    replay=_asked_before,
    errors=(404, 409),
)
def ask_friend(call: Call[AskFriend, Nothing]) -> FriendRequestView:
    """Ask somebody to keep a secret diary together.

    An `email` is answered alike whether or not anybody has it. A `user_id` that is nobody's, or
    somebody's whose profile the caller may not see, is 404.
    """
    claim: Claim[FriendRequest] | None = call.claim(lambda request: request.request_id)
    body, asking = call.body, services().friend_requests
    if body.email is not None:
        shown = asking.ask_by_email(
            asker_id=call.user_id, email=body.email, diary_name=body.diary_name, claim=claim
        )
    else:
        shown = asking.ask_person(
            asker_id=call.user_id,
            user_id=body.user_id or "",
            diary_name=body.diary_name,
            claim=claim,
        )
    return friend_request_view(shown)


@endpoints.add(
    "GET", "/friend-requests", query=FriendRequestsQuery, returns=PageView[FriendRequestView]
)
def list_friend_requests(call: Call[Nothing, FriendRequestsQuery]) -> PageView[FriendRequestView]:
    """List pending requests to (`incoming`) or by (`outgoing`) the caller, newest first."""
    query = call.query
    scope = f"friend requests {query.box} {call.user_id}"
    page = services().friend_requests.list_of(
        user_id=call.user_id, box=query.box, limit=query.limit, position=position(query, scope)
    )
    return friend_requests_view(page, scope)


@endpoints.add("POST", "/friend-requests/{request_id}/accept", returns=AcceptedView, errors=(409,))
def accept_friend_request(call: Call[Nothing, Nothing]) -> AcceptedView:
    """Accept a request: the two share a secret diary from now on. Twice is the same as once."""
    shown = services().friend_answers.accept(
        request_id=call.path_id("request_id"), user_id=call.user_id
    )
    return AcceptedView(diary=diary_view(shown))


@endpoints.add("POST", "/friend-requests/{request_id}/decline", status=204)
def decline_friend_request(call: Call[Nothing, Nothing]) -> Reply:
    """Decline a request.

    Its asker is told nothing, and nothing that they ask within 30 days arrives.
    """
    services().friend_answers.decline(request_id=call.path_id("request_id"), user_id=call.user_id)
    return Reply()


@endpoints.add("DELETE", "/friend-requests/{request_id}", status=204)
def cancel_friend_request(call: Call[Nothing, Nothing]) -> Reply:
    """Take one's own pending request back."""
    services().friend_requests.cancel(request_id=call.path_id("request_id"), asker_id=call.user_id)
    return Reply()
