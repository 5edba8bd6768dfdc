"""Deny by default: every route of the app stands in exactly one of these lists."""

from __future__ import annotations

import pytest

from app import app
from chalicelib.access import OPTIONAL, PUBLIC, Access
from chalicelib.application import METHODS, declared_endpoints
from chalicelib.endpoints import Endpoint
from support.api import Api

ENDPOINTS = {(each.method, each.path): each for each in declared_endpoints()}

# Reviewed by hand: a new route belongs here, or in PUBLIC or OPTIONAL, before it may ship.
USER = {
    ("POST", "/v1/auth/logout-all"),
    ("GET", "/v1/me"),
    ("PATCH", "/v1/me"),
    ("PUT", "/v1/me/password"),
    ("DELETE", "/v1/me"),
    ("GET", "/v1/me/export"),
    ("GET", "/v1/me/export/{export_id}"),
    ("GET", "/v1/me/posts"),
    ("GET", "/v1/me/likes"),
    ("GET", "/v1/me/calendar"),
    ("GET", "/v1/me/on-this-day"),
    ("GET", "/v1/me/streak"),
    ("POST", "/v1/pictures"),
    ("POST", "/v1/pictures/prompt"),
    ("GET", "/v1/pictures"),
    ("GET", "/v1/pictures/{picture_id}"),
    ("DELETE", "/v1/pictures/{picture_id}"),
    ("POST", "/v1/pictures/{picture_id}/cancel"),
    ("POST", "/v1/pictures/{picture_id}/variations"),
    ("POST", "/v1/posts"),
    ("PATCH", "/v1/posts/{post_id}"),
    ("DELETE", "/v1/posts/{post_id}"),
    ("PUT", "/v1/posts/{post_id}/like"),
    ("DELETE", "/v1/posts/{post_id}/like"),
    ("GET", "/v1/me/blocks"),
    ("PUT", "/v1/me/blocks/{user_id}"),
    ("DELETE", "/v1/me/blocks/{user_id}"),
    ("POST", "/v1/reports"),
    ("POST", "/v1/friend-requests"),
    ("GET", "/v1/friend-requests"),
    ("POST", "/v1/friend-requests/{request_id}/accept"),
    ("POST", "/v1/friend-requests/{request_id}/decline"),
    ("DELETE", "/v1/friend-requests/{request_id}"),
    ("GET", "/v1/diaries"),
    ("GET", "/v1/diaries/{diary_id}"),
    ("PATCH", "/v1/diaries/{diary_id}"),
    ("DELETE", "/v1/diaries/{diary_id}"),
    ("GET", "/v1/diaries/{diary_id}/entries"),
    ("POST", "/v1/diaries/{diary_id}/entries"),
    ("GET", "/v1/diaries/{diary_id}/entries/{entry_id}"),
    ("PATCH", "/v1/diaries/{diary_id}/entries/{entry_id}"),
    ("DELETE", "/v1/diaries/{diary_id}/entries/{entry_id}"),
    ("PUT", "/v1/diaries/{diary_id}/entries/{entry_id}/like"),
    ("DELETE", "/v1/diaries/{diary_id}/entries/{entry_id}/like"),
    ("GET", "/v1/diaries/{diary_id}/entries/{entry_id}/comments"),
    ("POST", "/v1/diaries/{diary_id}/entries/{entry_id}/comments"),
    ("DELETE", "/v1/diaries/{diary_id}/entries/{entry_id}/comments/{comment_id}"),
    ("GET", "/v1/notifications"),
    ("POST", "/v1/notifications/read"),
    ("POST", "/v1/posts/{post_id}/comments"),
    ("DELETE", "/v1/posts/{post_id}/comments/{comment_id}"),
}
ADMIN = {
    ("GET", "/v1/admin/model"),
    ("PUT", "/v1/admin/model"),
    ("GET", "/v1/admin/model/schedule"),
    ("PUT", "/v1/admin/model/schedule"),
    ("GET", "/v1/admin/reports"),
    ("PATCH", "/v1/admin/reports/{report_id}"),
    ("GET", "/v1/admin/stats/overview"),
    ("GET", "/v1/admin/stats/access"),
    ("GET", "/v1/admin/stats/gender"),
    ("GET", "/v1/admin/stats/age-gender"),
    ("GET", "/v1/admin/users"),
    ("PATCH", "/v1/admin/users/{user_id}"),
    ("GET", "/v1/admin/audit"),
}


def by_access(access: Access) -> set[tuple[str, str]]:
    return {route for route, endpoint in ENDPOINTS.items() if endpoint.access is access}


def test_every_route_is_in_the_list_of_its_access() -> None:
    assert by_access(Access.PUBLIC) == PUBLIC
    assert by_access(Access.OPTIONAL) == OPTIONAL
    assert by_access(Access.USER) == USER
    assert by_access(Access.ADMIN) == ADMIN


def test_app_serves_what_is_declared_and_refuses_the_other_methods() -> None:
    served = {(method, path) for path, methods in app.routes.items() for method in methods}
    paths = {path for _, path in ENDPOINTS}

    assert served == {(method, path) for path in paths for method in METHODS}


@pytest.mark.parametrize("endpoint", ENDPOINTS.values(), ids=lambda e: f"{e.method} {e.path}")
def test_anonymous_callers_get_401_where_a_login_is_needed(api: Api, endpoint: Endpoint) -> None:
    if endpoint.access in (Access.PUBLIC, Access.OPTIONAL):
        return
    path = endpoint.path.removeprefix("/v1").replace("{", "").replace("}", "")
    answer = api.call(endpoint.method, path)

    assert (answer.status, answer.code) == (401, "unauthorized")


@pytest.mark.parametrize(("method", "path"), sorted(ADMIN))
def test_users_get_403_where_an_admin_is_needed(api: Api, method: str, path: str) -> None:
    api.sign_up()
    answer = api.call(method, path.removeprefix("/v1"), {"mode": "off"})

    assert (answer.status, answer.code) == (403, "forbidden")


def test_wrong_method_is_405_and_says_which_are_right(api: Api) -> None:
    answer = api.call("DELETE", "/auth/login")

    assert (answer.status, answer.code) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "POST"
