from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from chalicelib.schemas.accounts import Email, clean_email
from chalicelib.schemas.common import PageQuery, PageView, Timestamp, View, page_view, timestamp
from chalicelib.schemas.posts import AuthorView
from chalicelib.schemas.secret_diaries import DiaryName, DiaryView, clean_diary_name
from chalicelib.validation import Cleaner, Input
from deepstory.errors import InvalidInputError
from deepstory.friends.entities import Box, ShownRequest
from deepstory.ids import is_id
from deepstory.paging import Page


def _user_id(text: str) -> str:
    if not is_id(text):
        raise ValueError("is nobody's id")
    return text


class AskFriend(Input):
    """Either ``email`` or ``user_id`` says whom to ask."""

    diary_name: DiaryName
    email: Email | None = None
    user_id: str | None = None

    cleaners: ClassVar[Mapping[str, Cleaner]] = {
        "diary_name": clean_diary_name,
        "email": clean_email,
        "user_id": _user_id,
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.email is None) is (self.user_id is None):
            why = "is required, or user_id" if self.email is None else "goes not with user_id"
            raise InvalidInputError(fields={"email": why})


class FriendRequestsQuery(PageQuery):
    box: Box = "incoming"


class FriendRequestView(View):
    """A request to keep a secret diary together.

    One that the caller made shows whom by ``email`` or ``user`` as it was asked, and is pending
    until it is accepted or cancelled: not whether anybody has the address, nor what they think.
    ``user`` is null as well for somebody who is gone.
    """

    id: str
    box: Box
    status: Literal["pending", "accepted"]
    diary_name: str
    asker: AuthorView
    email: str | None
    user: AuthorView | None
    created_at: Timestamp


class AcceptedView(View):
    diary: DiaryView


def friend_request_view(shown: ShownRequest) -> FriendRequestView:
    request, user = shown.request, None
    if request.user_id and shown.user_name is not None:
        user = AuthorView(id=request.user_id, name=shown.user_name)
    return FriendRequestView(
        id=request.request_id,
        box=shown.box,
        status="pending" if request.is_pending else "accepted",
        diary_name=request.diary_name,
        asker=AuthorView(id=request.asker_id, name=shown.asker_name),
        email=request.email if shown.box == "outgoing" else None,
        user=user,
        created_at=timestamp(request.created_at),
    )


def friend_requests_view(page: Page[ShownRequest], scope: str) -> PageView[FriendRequestView]:
    return page_view(page, [friend_request_view(shown) for shown in page.items], scope)
