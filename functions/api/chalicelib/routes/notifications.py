"""What happened: likes, comments, pictures that are there."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.calls import Call
from chalicelib.endpoints import Endpoints
from chalicelib.runtime import services
from chalicelib.schemas.common import PageQuery, position
from chalicelib.schemas.notifications import (
    MarkNotificationsRead,
    NotificationsView,
    notifications_view,
)
from chalicelib.validation import Nothing

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="notifications")


@endpoints.add("GET", "/notifications", query=PageQuery, returns=NotificationsView)
def list_notifications(call: Call[Nothing, PageQuery]) -> NotificationsView:
    """List what happened in the last 90 days, newest first."""
    scope = _scope(call.user_id)
    notices = services().notices.list_of(
        user_id=call.user_id, limit=call.query.limit, position=position(call.query, scope)
    )
    return notifications_view(notices, scope)


@endpoints.add("POST", "/notifications/read", body=MarkNotificationsRead, returns=NotificationsView)
def mark_notifications_read(call: Call[MarkNotificationsRead, Nothing]) -> NotificationsView:
    """Note notifications as read, all or up to one, and return the first page as it is then."""
    services().notices.mark_read(user_id=call.user_id, up_to=call.body.number())
    notices = services().notices.list_of(user_id=call.user_id, limit=PageQuery().limit)
    return notifications_view(notices, _scope(call.user_id))


def _scope(user_id: str) -> str:
    return f"notifications {user_id}"
