from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import msgspec

from chalicelib.schemas.accounts import EMAIL_CHARACTERS
from chalicelib.schemas.common import PageQuery, PageView, Timestamp, View, page_view, timestamp
from chalicelib.validation import Cleaner, Input
from deepstory.accounts.entities import Language, Role, User
from deepstory.audit.entities import Action, ReadEntry, TargetType
from deepstory.paging import Page
from deepstory.texts import clean


class UsersQuery(PageQuery):
    """``q`` is an id, or what the e-mail address or the name begins with."""

    q: Annotated[str, msgspec.Meta(max_length=EMAIL_CHARACTERS)] = ""

    cleaners: ClassVar[Mapping[str, Cleaner]] = {"q": clean}


class ChangeUser(Input):
    suspended: bool


class AdminUserView(View):
    """What administrators see of somebody."""

    id: str
    email: str
    name: str
    role: Role
    language: Language
    created_at: Timestamp
    suspended: bool
    suspended_at: Timestamp | None


class ActorView(View):
    """``name`` is null if the account is gone; the id ``scheduler`` stands for the clock."""

    id: str
    name: str | None


class AuditEntryView(View):
    """``before`` and ``after`` hold what the act changed of the target."""

    id: str
    at: Timestamp
    actor: ActorView
    action: Action
    target_type: TargetType
    target_id: str
    before: dict[str, str]
    after: dict[str, str]


def admin_user_view(user: User) -> AdminUserView:
    return AdminUserView(
        id=user.user_id,
        email=user.email,
        name=user.name,
        role=user.role,
        language=user.language,
        created_at=timestamp(user.created_at),
        suspended=user.is_suspended,
        suspended_at=timestamp(user.suspended_at) if user.suspended_at else None,
    )


def admin_users_view(page: Page[User], scope: str) -> PageView[AdminUserView]:
    return page_view(page, [admin_user_view(user) for user in page.items], scope)


def audit_view(page: Page[ReadEntry], scope: str) -> PageView[AuditEntryView]:
    return page_view(page, [_entry_view(each) for each in page.items], scope)


def _entry_view(read: ReadEntry) -> AuditEntryView:
    entry = read.entry
    return AuditEntryView(
        id=entry.entry_id,
        at=timestamp(entry.at),
        actor=ActorView(id=entry.actor_id, name=read.actor_name),
        action=entry.action,
        target_type=entry.target_type,
        target_id=entry.target_id,
        before=dict(entry.before),
        after=dict(entry.after),
    )
