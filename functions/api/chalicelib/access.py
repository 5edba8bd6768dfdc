"""Who may call what. A route that stands in no list needs a logged-in user.

These lists are the single source of truth: the server enforces them, the OpenAPI document is
made from them, and a test walks every route against them.
"""

from __future__ import annotations

from enum import StrEnum


class Access(StrEnum):
    PUBLIC = "public"  # never looks at the access token
    OPTIONAL = "optional"  # works for everyone, says more to someone who is logged in
    USER = "user"
    ADMIN = "admin"


PUBLIC = frozenset(
    {
        ("GET", "/v1/health"),
        ("GET", "/v1/openapi.json"),
        ("GET", "/v1/docs"),
        ("GET", "/v1/docs/{asset}"),
        ("POST", "/v1/auth/signup"),
        ("POST", "/v1/auth/login"),
        ("POST", "/v1/auth/refresh"),
        ("POST", "/v1/auth/password-reset"),
        ("POST", "/v1/auth/password-reset/confirm"),
    }
)

OPTIONAL = frozenset(
    {
        ("POST", "/v1/auth/logout"),
        ("GET", "/v1/posts"),
        ("GET", "/v1/posts/{post_id}"),
        ("GET", "/v1/posts/{post_id}/comments"),
        ("GET", "/v1/users/{user_id}"),
        ("GET", "/v1/users/{user_id}/posts"),
    }
)

ADMIN_PREFIX = "/v1/admin/"


def access_of(method: str, path: str) -> Access:
    if (method, path) in PUBLIC:
        return Access.PUBLIC
    if (method, path) in OPTIONAL:
        return Access.OPTIONAL
    return Access.ADMIN if path.startswith(ADMIN_PREFIX) else Access.USER
