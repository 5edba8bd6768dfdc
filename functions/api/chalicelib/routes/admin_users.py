"""Finding people, suspending and restoring them, and what administrators did."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.calls import Call
from chalicelib.endpoints import Endpoints
from chalicelib.runtime import services
from chalicelib.schemas.administration import (
    AdminUserView,
    AuditEntryView,
    ChangeUser,
    UsersQuery,
    admin_user_view,
    admin_users_view,
    audit_view,
)
from chalicelib.schemas.common import PageQuery, PageView, position
from chalicelib.validation import Nothing

blueprint = Blueprint(__name__)
endpoints = Endpoints(blueprint, tag="admin")


@endpoints.add("GET", "/admin/users", query=UsersQuery, returns=PageView[AdminUserView])
def list_users(call: Call[Nothing, UsersQuery]) -> PageView[AdminUserView]:
    """List people: all, newest first, or those whose id, address or name fits."""
    query = call.query
    scope = f"users {query.q}"
    page = services().user_administration.find(
        query=query.q, limit=query.limit, position=position(query, scope)
    )
    return admin_users_view(page, scope)


@endpoints.add(
    "PATCH", "/admin/users/{user_id}", body=ChangeUser, returns=AdminUserView, errors=(409,)
)
def change_user(call: Call[ChangeUser, Nothing]) -> AdminUserView:
    """Suspend somebody, who is shut out at once, or restore somebody.

    Until they are restored, what they posted is in no list and cannot be read. An administrator
    can be neither suspended nor restored.
    """
    administration, user_id = services().user_administration, call.path_id("user_id")
    act = administration.suspend if call.body.suspended else administration.restore
    return admin_user_view(act(user_id=user_id, actor_id=call.user_id))


@endpoints.add("GET", "/admin/audit", query=PageQuery, returns=PageView[AuditEntryView])
def list_audit_entries(call: Call[Nothing, PageQuery]) -> PageView[AuditEntryView]:
    """List what administrators and the scheduler did, newest first."""
    scope = "audit"
    page = services().audit.entries(limit=call.query.limit, position=position(call.query, scope))
    return audit_view(page, scope)
