from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from chalicelib.runtime import services
from chalicelib.schemas.common import Timestamp, View, timestamp
from chalicelib.schemas.posts import AuthorView
from chalicelib.validation import Cleaner, Input
from deepstory.notices.entities import Notices, ShownNotice
from deepstory.notices.kinds import Kind

_ID_DIGITS = 12


def _notification_id(text: str) -> str:
    if not (len(text) == _ID_DIGITS and text.isascii() and text.isdecimal()):
        raise ValueError("is not one of your notifications")
    return text


class MarkNotificationsRead(Input):
    """Without ``up_to`` all are read; with the newest shown one's id, none that came meanwhile."""

    up_to: str | None = None

    cleaners: ClassVar[Mapping[str, Cleaner]] = {"up_to": _notification_id}

    def number(self) -> int | None:
        return None if self.up_to is None else int(self.up_to)


class NotificationView(View):
    """What happened, for the client to word in the reader's language.

    ``actor`` is null where nobody did it, who did is gone, or a block is between. ``targets``
    holds ids by name: ``post_id``, ``comment_id``, ``picture_id``, ``request_id``, ``diary_id``,
    ``entry_id``. What they name may be gone.
    """

    id: str
    kind: Kind
    actor: AuthorView | None
    targets: Mapping[str, str]
    read: bool
    created_at: Timestamp


class NotificationsView(View):
    """``unread`` counts all unread ones, not only those of the page."""

    items: Sequence[NotificationView]
    unread: int
    next_cursor: str | None


def notifications_view(notices: Notices, scope: str) -> NotificationsView:
    cursor = None if notices.next is None else services().cursors.encode(notices.next, scope)
    return NotificationsView(
        items=[_view(shown) for shown in notices.items],
        unread=notices.unread,
        next_cursor=cursor,
    )


def _view(shown: ShownNotice) -> NotificationView:
    notice, actor = shown.notice, None
    if notice.news.actor_id and shown.actor_name is not None:
        actor = AuthorView(id=notice.news.actor_id, name=shown.actor_name)
    return NotificationView(
        id=f"{notice.number:0{_ID_DIGITS}}",
        kind=notice.news.kind,
        actor=actor,
        targets=notice.news.targets,
        read=shown.is_read,
        created_at=timestamp(notice.created_at),
    )
